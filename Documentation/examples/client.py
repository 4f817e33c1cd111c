#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""client.py ADDRESS WORD: sends the word to port 5253 and prints the answer."""
import socket
import sys

RILL = 253

with socket.socket(socket.AF_INET, socket.SOCK_STREAM, RILL) as connection:
    connection.connect((sys.argv[1], 5253))
    connection.sendall(sys.argv[2].encode())
    connection.shutdown(socket.SHUT_WR)
    print(connection.makefile().read())
