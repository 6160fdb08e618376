"""A server on loopback that accepts connections and then does not do what one expects.

usage: broken.py [--port N] [--tls CERT KEY] [--delay S] silent|close|reset|garbage|slow

  silent   accepts and never answers
  close    accepts and closes without a word
  reset    accepts, reads, and resets the connection
  garbage  answers with something that is not HTTP
  slow     answers properly, but only after `--delay` seconds
"""

import argparse
import socket
import ssl
import struct
import threading
import time

SILENCE_S = 600  # longer than any client under test waits
RESET = struct.pack("ii", 1, 0)  # SO_LINGER with no time: closing sends RST
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nok\n"


def serve(connection: socket.socket, how: str, delay: float) -> None:
    """Misbehave on one connection."""
    with connection:
        if how in ("reset", "garbage", "slow"):
            connection.recv(65_536)
        if how == "silent":
            time.sleep(SILENCE_S)
        elif how == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        elif how == "garbage":
            connection.sendall(b"220 not what you asked for\r\n")
        elif how == "slow":
            time.sleep(delay)
            connection.sendall(ANSWER)


def main() -> None:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("how", choices=["silent", "close", "reset", "garbage", "slow"])
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--tls", nargs=2, metavar=("CERT", "KEY"))
    parser.add_argument("--delay", type=float, default=30)
    options = parser.parse_args()
    listener = socket.create_server(
        ("::", options.port), family=socket.AF_INET6, dualstack_ipv6=True
    )
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        listener = context.wrap_socket(listener, server_side=True)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:  # a client that refused the certificate
            continue
        arguments = (connection, options.how, options.delay)
        threading.Thread(target=serve, args=arguments, daemon=True).start()


if __name__ == "__main__":
    main()
