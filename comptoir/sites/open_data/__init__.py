"""Published sites in the formats of open data, and the start from such a file.

Pure mappings, one module per format:

- ``anct`` writes the CSV of the French national map of places of digital help
  ("standard-mediation-num" v1.0.2); ``anct_table`` and ``anct_reading`` read it;
- ``data_inclusion`` has the structures and services of data·inclusion v1;
- ``geojson`` has a FeatureCollection (RFC 7946).

``imports`` makes sites of what was read.
"""
