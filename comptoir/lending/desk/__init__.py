"""The desk: one field, and the state decides what a scan means.

``naming`` finds what a scanned text names, ``..scans`` decides, ``scanning``
does it, ``view`` reads what the screen shows.
"""
