#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""server.py ADDRESS: gives every client on port 5253 its words back in capitals."""
import socket
import sys

RILL = 253

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, RILL)
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind((sys.argv[1], 5253))
listener.listen()
while True:
    connection, peer = listener.accept()
    with connection:
        while True:
            data = connection.recv(4096)
            if not data:
                break
            connection.sendall(data.upper())
