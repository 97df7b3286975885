"""Published sites in the formats of open data.

Pure mappings, one module per format:

- ``anct`` writes the CSV of the French national map of places of digital help
  ("standard-mediation-num" v1.0.2);
- ``data_inclusion`` has the structures and services of data·inclusion v1;
- ``geojson`` has a FeatureCollection (RFC 7946).
"""
