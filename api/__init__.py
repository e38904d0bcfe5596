"""The web side: pages, links and the JSON API. Parses, checks the role, calls one thing, shows one page."""
