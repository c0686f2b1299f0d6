internal import Services
internal import Values

extension Agent {
    /// Runs a turn under its deadline, and for a person's turn under the run's control. A turn within a turn gets a
    /// watch of its own only when it has less time than the turn that it serves.
    func guarded(_ turn: TurnLoop) async throws -> TurnResult {
        let own = min(turn.definition.limits.wall, turn.request.patience ?? .seconds(1 << 40))
        let journal = turn.environment.journal
        let stop = journal.recordedStop(of: turn.request.path)
        if stop == nil, !turn.request.isRoot, own >= turn.environment.wall { return try await turn.run() }
        let control = turn.request.isRoot ? turn.environment.control : RunControl(within: turn.environment.control)
        let inner = turn.under(control, wall: own)
        // The process before was stopping the turn when it died: this one goes on stopping it.
        if let stop { control.interrupt(stop) }
        return try await withThrowingTaskGroup(of: TurnResult?.self) { group in
            if control.interruption != nil { group.cancelAll() }
            group.addTask {
                defer { control.finish() }
                return try await inner.run()
            }
            group.addTask {
                guard let stop = await control.watch() else { return nil }
                // Said before anything is refused, so that whoever resumes knows that the turn was being stopped.
                journal.remark(
                    .log, at: turn.request.path, sender: turn.definition.name, payload: stop.json)
                throw StopRun()
            }
            group.addTask {
                do { try await inner.environment.time.sleep(nanoseconds: own.wholeNanoseconds) } catch {
                    return nil
                }
                control.interrupt(.deadline)
                return nil
            }
            var isClosing = false
            while let next = await group.nextResult() {
                switch next {
                case .success(nil): continue
                case .success(let result?):
                    group.cancelAll()
                    if isClosing || result.suspension == nil { return result }
                    if control.interruption == nil && !Task.isCancelled { return result }
                    // Stopped while a branch waits for a person: once more through the log, now as cancelled, which
                    // closes what waits.
                    isClosing = true
                    let again = journal.rewound(to: turn.request.path)
                    let closing = inner.under(control, wall: own, journal: again)
                    group.addTask {
                        defer { if let divergence = again.divergence { journal.note(divergence) } }
                        try closing.start()
                        return try await closing.run()
                    }
                case .failure(is StopRun): group.cancelAll()
                case .failure(let error):
                    group.cancelAll()
                    throw error
                }
            }
            throw CancellationError()
        }
    }
}

/// Carries an interruption from the watcher to the group.
private struct StopRun: Error {}
