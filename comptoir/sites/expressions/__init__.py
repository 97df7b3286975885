"""Opening hours as an OpenStreetMap expression: read, checked, written, asked about a day.

https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification describes the syntax.
``reading`` says which part of it is understood here, ``docs/adr`` why.
"""
