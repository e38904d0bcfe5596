"""Sheets of people for a group: from the bytes of a file to one judgement for every record of it.

`delimited` reads CSV; workbooks are read in `api`. `judge` says of each record: accepted, warned, refused or skipped.
"""
