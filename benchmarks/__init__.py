"""
What signing in costs: page views and logins, measured on real servers over loopback.

    python -m benchmarks        or  make bench

`bare` and `portal` are the applications, `server` runs them under gunicorn, `browser` signs in and `page_view` looks at
pages; `rounds` measures, `figures` computes, `table` prints.
"""
