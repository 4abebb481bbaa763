"""The grammar that every endpoint of /api/v1/ shares: parameters, order, paging, envelope, problems, headers."""
