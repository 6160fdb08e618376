"""The site and the HTTP API: requests in, pages and JSON out, no knowledge of their own."""
