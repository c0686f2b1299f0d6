"""socketify (uWebSockets): each message goes to all, by its own publish."""
import sys
from socketify import App, AppOptions, OpCode, CompressOptions

app = App()
app.ws("/fan", {
    "compression": CompressOptions.DISABLED, "max_payload_length": 1 << 20, "max_backpressure": 256 << 20, "idle_timeout": 120,
    "open": lambda ws: ws.subscribe("all"),
    "message": lambda ws, message, opcode: app.publish("all", message, OpCode.TEXT),
})
app.listen(int(sys.argv[1]), lambda config: print("listening", flush=True))
app.run()
