internal import Services
internal import Values

extension Agent {
    /// Runs a turn under its deadline, and for a person's turn under the run's control. A turn within a turn gets a
    /// watch of its own only when it has less time than the turn that it serves.
    func guarded(_ turn: TurnLoop) async throws -> TurnResult {
        let own = min(turn.definition.limits.wall, turn.request.patience ?? .seconds(1 << 40))
        if turn.environment.journal.isOffline { return try await turn.run() }
        if !turn.request.isRoot && own >= turn.environment.wall { return try await turn.run() }
        let control = turn.request.isRoot ? turn.environment.control : RunControl(within: turn.environment.control)
        let inner = turn.under(control, wall: own)
        return try await withThrowingTaskGroup(of: TurnResult?.self) { group in
            group.addTask {
                defer { control.finish() }
                return try await inner.run()
            }
            group.addTask {
                if !(await control.watch()) { return nil }
                throw StopRun()
            }
            group.addTask {
                do { try await inner.environment.time.sleep(nanoseconds: own.wholeNanoseconds) } catch {
                    return nil
                }
                control.interrupt(.deadline)
                return nil
            }
            while let next = await group.nextResult() {
                switch next {
                case .success(nil): continue
                case .success(let result?):
                    group.cancelAll()
                    return result
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
