"""Offices and staff of a running demonstration, played over its real links, pages and API."""
