"""What ``comptoir serve --lan`` needs to know and to show of the local network."""

from __future__ import annotations

import socket
import sys

#: An address reserved for documentation (RFC 5737): nothing is ever sent to it.
_SOMEWHERE = ("192.0.2.1", 9)


def address() -> str:
    """The address that other machines on the network reach this one by.

    It is the one the system would send from. ``127.0.0.1`` without a network.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_SOMEWHERE)  # of a datagram socket: chooses a route, sends nothing
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def show(url: str) -> None:
    """Print the address as a QR code that a phone's camera reads off the terminal."""
    import qrcode

    code = qrcode.QRCode(border=2)
    code.add_data(url)
    on_a_terminal = sys.stdout.isatty()
    try:
        code.print_ascii(tty=on_a_terminal, invert=not on_a_terminal)
    except UnicodeEncodeError:
        print("(this terminal cannot show the QR code)")
    print("The phone warns of the certificate, which this machine made itself: accept it once.")
