"""FastAPI on uvicorn: one hub that sends each message to each connection."""
import sys, uvicorn
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app, peers = FastAPI(), set()

@app.websocket("/fan")
async def fan(ws: WebSocket):
    await ws.accept()
    peers.add(ws)
    try:
        while True:
            text = await ws.receive_text()
            for peer in list(peers): await peer.send_text(text)
    except WebSocketDisconnect:
        peers.discard(ws)

uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", ws_per_message_deflate=False)
