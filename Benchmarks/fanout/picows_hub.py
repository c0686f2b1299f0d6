"""picows on uvloop: each message is sent to each connection."""
import asyncio, sys, uvloop
from picows import ws_create_server, WSFrame, WSTransport, WSListener, WSMsgType

peers = set()

class Listener(WSListener):
    def on_ws_connected(self, transport): peers.add(transport)
    def on_ws_disconnected(self, transport): peers.discard(transport)
    def on_ws_frame(self, transport, frame):
        if frame.msg_type == WSMsgType.TEXT:
            payload = frame.get_payload_as_bytes()
            for peer in peers: peer.send(WSMsgType.TEXT, payload)
        elif frame.msg_type == WSMsgType.CLOSE: transport.disconnect()

async def main():
    server = await ws_create_server(lambda request: Listener(), "127.0.0.1", int(sys.argv[1]))
    print("listening", flush=True)
    await server.serve_forever()

uvloop.run(main())
