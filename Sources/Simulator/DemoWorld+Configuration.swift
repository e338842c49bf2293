import Wire

extension DemoWorld {
    /// The whole `tollgate.yaml` of the demo, for the ordinary reader of configurations.
    ///
    /// - Parameters:
    ///   - providerPorts: what `Simulation.startProviders` answered.
    ///   - listen: the gateway's address, `127.0.0.1:0`.
    ///   - dataFolder: absolute path of a private folder.
    package static func yaml(providerPorts: [String: Int], listen: String, dataFolder: String) -> String {
        var text = """
            # The configuration of `tollgate demo`: an ordinary one, but for its providers on this machine.
            name: demo
            listen: \(listen)
            drain: 2s
            data: \(JSONText.quoted(dataFolder))
            admin: { socket: \(JSONText.quoted(dataFolder + "/admin.sock")) }
            log: { file: \(JSONText.quoted(dataFolder + "/requests.jsonl")), level: info, rotate: 64MB, keep: 3 }

            upstreams:

            """
        for provider in providers {
            let port = providerPorts[provider.name] ?? 0
            text += "  \(provider.name): { url: http://127.0.0.1:\(port)/v1, dialect: openai, key: \(provider.key) }\n"
        }
        text += "timeouts: { connect: 2s, first_token: 60s, idle: 30s, total: 2m }\n\n"
        text += "models:                            # USD per million tokens\n"
        for model in models {
            let cached = model.cachedInput.map { ", cached_input: \($0)" } ?? ""
            text += "  \(model.simulated.name): "
            text += "{ via: [\(model.provider)], input: \(model.input), output: \(model.output)\(cached) }\n"
        }
        text += """

            default_tier: free
            tiers:
              free: { requests: 60/1m, tokens: 40k/1m, concurrent: 4, budget: 0.50/day, models: [deepseek-v3.2] }
              pro: { requests: 600/1m, tokens: 4M/1m, concurrent: 256, budget: 2000.00/month }
            clients:

            """
        for client in clients {
            let limits = client.limits.isEmpty ? "" : ", " + client.limits
            text += "  \(JSONText.quoted(client.profile.name)): "
            text += "{ tier: \(client.tier), owner: \(client.owner)\(limits) }\n"
        }
        text += """
            limits: { concurrent: 2000, budget: 5000.00/day }
            alerts: { upstream_errors: 5%, refused: 10%, quota: 95% }

            """
        return text
    }
}
