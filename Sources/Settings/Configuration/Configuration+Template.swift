extension Configuration {
    /// The commented `tollgate.yaml` that `tollgate init` writes: loads as it is once `HOLYSHEEP_API_KEY` is set.
    package static let template = """
        # Tollgate. `tollgate check` reads this file and lists everything that is wrong with it, with line and column.
        # ${NAME} and ${NAME:-default} come from the environment, or from a .env file beside this one.
        # Relative paths are relative to the folder that tollgate is started in.

        # name: prod-eu-1                 # shown in the status line; the host's name where it is left out
        listen: 127.0.0.1:8080            # port 0 picks a free one
        max_body: 32MB
        trusted_proxies: []               # addresses whose X-Forwarded-For is believed, such as 10.0.0.0/8
        metrics: { allow: [127.0.0.1] }   # who may read /metrics; a request that was forwarded may not
        passthrough: []                   # further paths that are forwarded, such as /v1/files or /v1/files/*
        drain: 25s                        # how long open requests may take to finish when the gateway stops
        data: ./tollgate-data             # keys, spend, audit, request log and admin socket; made with mode 0700
        # admin: { socket: /run/tollgate/admin.sock }     # elsewhere than in the data folder
        log: { level: info, rotate: 64MB, keep: 14 }      # file: PATH, elsewhere than in the data folder

        # JSON Web Tokens as credentials, HS256 only. The secret has at least 32 bytes.
        # auth:
        #   jwt: { algorithms: [HS256], secret: ${JWT_SECRET}, tier_claim: tier, issuer: null, audience: null }

        upstreams:
          holysheep: { url: https://api.holysheep.ai/v1, dialect: openai, key: ${HOLYSHEEP_API_KEY} }
        timeouts: { connect: 10s, first_token: 120s, idle: 60s, total: 10m }   # a model may have its own

        # USD per million tokens; a model may also have reasoning: USD, limits: { … } and timeouts: { … }.
        models:
          gpt-4.1:          { via: [holysheep], input: 8.00,  output: 32.00 }
          claude-sonnet-4:  { via: [holysheep], input: 15.00, output: 75.00 }
          gemini-2.5-flash: { via: [holysheep], input: 2.50,  output: 10.00 }
          deepseek-v3.2:    { via: [holysheep], input: 0.42,  output: 1.68, cached_input: 0.07 }

        default_tier: free
        tiers:                            # defaults for each client of the tier, counted per client, never shared
          free: { requests: 60/1m, tokens: 40k/1m, concurrent: 4, budget: 1.00/day, models: [deepseek-v3.2] }
          pro:  { requests: 600/1m, tokens: 1M/1m, concurrent: 64, budget: 200.00/month }
        # A client has what its tier has, but for what stands here; models: […] narrows what it may use.
        clients: {}
        #  search-api: { tier: pro, owner: search-team, requests: 1200/1m, budget: [5.00/hour, 50.00/day] }

        limits: { concurrent: 2000, budget: 900.00/day }   # the whole gateway; limits under a model hold that model
        alerts: { upstream_errors: 5%, refused: 10%, quota: 95% }
        theme: harbor

        """
}
