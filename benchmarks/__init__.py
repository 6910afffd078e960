"""
What signing in costs: page views and logins, measured on real servers over loopback.

    python -m benchmarks        or  make bench

`bare` and `portal` are the applications that `server` runs under gunicorn; `browser` signs in there and `page_view`
looks at pages. `pages`, with `rounds`, and `logins` measure; `sandboxes` measures what `local_globus` runs.
`many_sessions` measures in stores that `filling` has filled. `figures` computes; `report`, with `table`, prints.
"""
