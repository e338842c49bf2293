/// The description of the HTTP surface for `/openapi.json`, in OpenAPI 3.1.
///
/// It promises what the gateway itself checks and answers; what only a provider checks (the form of `messages`, say) is
/// described in words and left open in the schema, so that the description is true of every provider.
enum OpenAPI {
    /// The document as UTF-8.
    static let json: [UInt8] = Array(document.utf8)

    private static let document =
        """
        {"openapi":"3.1.0",
        "info":{"title":"Tollgate","version":"\(Version.text)","summary":"An AI gateway",
        "description":"OpenAI-compatible paths with keys, limits and budgets of this gateway. Set the SDK's base URL to \
        this address and /v1, and its API key to a gateway key (tg_...)."},
        "servers":[{"url":"/"}],
        "security":[{"bearer":[]}],
        "tags":[{"name":"models"},{"name":"inference"},{"name":"operation","description":"Open without a key."}],
        "paths":{
        \((inference + [models, model, me] + operation).joined(separator: ",\n"))},
        "components":{\(securitySchemes),
        \(parameters),
        \(headers),
        \(schemas),
        \(responses)}}
        """

    // MARK: paths

    private static let inference = [
        post(
            "/v1/chat/completions", id: "createChatCompletion",
            summary: "Chat; buffered, or a stream with stream: true",
            body: "ChatRequest", streams: true),
        post(
            "/v1/completions", id: "createCompletion", summary: "Completion of a text; buffered or streamed",
            body: "CompletionRequest", streams: true),
        post(
            "/v1/responses", id: "createResponse", summary: "The Responses API; buffered or streamed",
            body: "ResponsesRequest", streams: true),
        post(
            "/v1/embeddings", id: "createEmbedding", summary: "Embeddings of texts", body: "EmbeddingsRequest",
            streams: false),
    ]

    private static func post(_ path: String, id: String, summary: String, body: String, streams: Bool) -> String {
        let stream = streams ? #","text/event-stream":{"schema":{"type":"string"}}"# : ""
        return """
            "\(path)":{"post":{"operationId":"\(id)","tags":["inference"],"summary":"\(summary)",
            "parameters":[{"$ref":"#/components/parameters/RequestID"}],
            "requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/\(body)"}}}},
            "responses":{"200":{"description":"The provider's answer.","headers":\(limitHeaders),
            "content":{"application/json":{"schema":{"type":"object"}}\(stream)}},
            \(refusals(["400", "401", "403", "404", "408", "413", "415", "422", "429", "431", "502", "503", "504"])),
            "default":{"$ref":"#/components/responses/Provider"}}}}
            """
    }

    private static let models = get(
        "/v1/models", id: "listModels", tag: "models", summary: "The models that this key may use",
        schema: ##"{"$ref":"#/components/schemas/ModelList"}"##, refusals: ["400", "401", "403"])

    private static let model =
        """
        "/v1/models/{model}":{"get":{"operationId":"getModel","tags":["models"],"summary":"One model",
        "parameters":[{"name":"model","in":"path","required":true,"schema":{"type":"string","minLength":1}},
        {"$ref":"#/components/parameters/RequestID"}],
        "responses":{"200":{"description":"The model.","headers":{"X-Request-ID":{"$ref":"#/components/headers/RequestID"}},
        "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Model"}}}},
        \(refusals(["400", "401", "403", "404", "405"]))}}}
        """

    private static let me = get(
        "/v1/me", id: "getMe", tag: "models", summary: "The caller's own limits, usage and spend",
        schema: ##"{"$ref":"#/components/schemas/Me"}"##, refusals: ["400", "401", "403"])

    private static let operation = [
        get("/health", id: "health", summary: "Whether the process lives", schema: statusSchema),
        get("/healthz", id: "healthz", summary: "Whether the process lives", schema: statusSchema),
        """
        "/readyz":{"get":{"operationId":"readyz","tags":["operation"],"summary":"Whether new requests are welcome",
        "security":[],"responses":{
        "200":{"description":"Ready.","content":{"application/json":{"schema":\(statusSchema)}}},
        "503":{"description":"Draining.","content":{"application/json":{"schema":\(statusSchema)}}}}}}
        """,
        """
        "/metrics":{"get":{"operationId":"metrics","tags":["operation"],"security":[],
        "summary":"Prometheus text; for the addresses that the operator allows, unforwarded",
        "responses":{"200":{"description":"Metrics.","content":{"text/plain":{"schema":{"type":"string"}}}},
        \(refusals(["403"]))}}}
        """,
        get("/openapi.json", id: "openapi", summary: "This document", schema: #"{"type":"object"}"#),
        """
        "/docs":{"get":{"operationId":"docs","tags":["operation"],"security":[],"summary":"This document for people",
        "responses":{"200":{"description":"A page.","content":{"text/html":{"schema":{"type":"string"}}}}}}}
        """,
    ]

    private static let statusSchema =
        #"{"type":"object","required":["status"],"properties":{"status":{"type":"string"}}}"#

    private static func get(
        _ path: String, id: String, tag: String = "operation", summary: String, schema: String,
        refusals codes: [String] = []
    ) -> String {
        let security = tag == "operation" ? #""security":[],"# : ""
        let others = codes.isEmpty ? "" : "," + refusals(codes)
        return """
            "\(path)":{"get":{"operationId":"\(id)","tags":["\(tag)"],"summary":"\(summary)",\(security)
            "parameters":[{"$ref":"#/components/parameters/RequestID"}],
            "responses":{"200":{"description":"OK.","headers":{"X-Request-ID":{"$ref":"#/components/headers/RequestID"}},
            "content":{"application/json":{"schema":\(schema)}}}\(others)}}}
            """
    }

    private static func refusals(_ codes: [String]) -> String {
        codes.map { code in
            let name = ["429", "503"].contains(code) ? "RetryLater" : "Refused"
            return ##""\##(code)":{"$ref":"#/components/responses/\##(name)"}"##
        }.joined(separator: ",")
    }

    private static let limitHeaders = """
        {"X-Request-ID":{"$ref":"#/components/headers/RequestID"},
        "X-RateLimit-Limit":{"$ref":"#/components/headers/Count"},
        "X-RateLimit-Remaining":{"$ref":"#/components/headers/Count"},
        "X-RateLimit-Reset":{"$ref":"#/components/headers/Count"},
        "RateLimit":{"$ref":"#/components/headers/Text"},
        "RateLimit-Policy":{"$ref":"#/components/headers/Text"}}
        """

    // MARK: components

    private static let securitySchemes = """
        "securitySchemes":{
        "bearer":{"type":"http","scheme":"bearer","description":"A gateway key, or a JWT where the operator has set one up. \
        X-API-Key, api-key and x-goog-api-key are taken too; two different credentials are 400."}}
        """

    private static let parameters = """
        "parameters":{"RequestID":{"name":"X-Request-ID","in":"header","required":false,
        "description":"Kept where it is 1 to 200 visible ASCII characters, else replaced; sent to the provider.",
        "schema":{"type":"string"}}}
        """

    private static let headers = """
        "headers":{"RequestID":{"required":true,"schema":{"type":"string"}},
        "Count":{"schema":{"type":"integer","minimum":0}},"Text":{"schema":{"type":"string"}}}
        """

    private static let count = ##"{"type":["integer","null"],"minimum":0,"maximum":9007199254740991}"##
    private static let modelName =
        ##"{"type":"string","minLength":1,"maxLength":64,"description":"See GET /v1/models."}"##
    /// The members that the gateway judges in every body, whatever its path makes of them.
    private static let judged =
        ##""stream":{"type":["boolean","null"]},"stream_options":{"type":["object","null"],"##
        + ##""properties":{"include_usage":{"type":["boolean","null"]}}},"##
        + ["max_tokens", "max_completion_tokens", "max_output_tokens", "n"].map { "\"\($0)\":\(count)" }
        .joined(separator: ",")

    private static let schemas = """
        "schemas":{
        "Error":{"type":"object","required":["error"],"properties":{"error":{"type":"object",
        "required":["message","type","param","code"],"properties":{"message":{"type":"string"},"type":{"type":"string"},
        "param":{"type":["string","null"]},"code":{"type":["string","null"]}}}}},
        "ChatRequest":{"type":"object","required":["model"],"properties":{"model":\(modelName),
        "messages":{"description":"A list of messages with role and content; checked by the provider."},
        \(judged)},
        "example":{"model":"deepseek-v3.2","messages":[{"role":"user","content":"Hello"}]}},
        "CompletionRequest":{"type":"object","required":["model"],"properties":{"model":\(modelName),
        "prompt":{"description":"A text, token numbers, or a list of those; checked by the provider."},
        \(judged)}},
        "ResponsesRequest":{"type":"object","required":["model"],"properties":{"model":\(modelName),
        "input":{"description":"A text or a list of items; checked by the provider."},
        \(judged)}},
        "EmbeddingsRequest":{"type":"object","required":["model"],"properties":{"model":\(modelName),
        "input":{"description":"A text, token numbers, or a list of those; checked by the provider."},
        \(judged)}},
        "Model":{"type":"object","required":["id","object","created","owned_by"],"properties":{"id":{"type":"string"},
        "object":{"const":"model"},"created":{"type":"integer"},"owned_by":{"type":"string"}}},
        "ModelList":{"type":"object","required":["object","data"],"properties":{"object":{"const":"list"},
        "data":{"type":"array","items":{"$ref":"#/components/schemas/Model"}}}},
        "Me":{"type":"object","required":["client","tier","key","limits","spend"],"properties":{"client":{"type":"string"},
        "tier":{"type":"string"},"key":{"type":["string","null"]},
        "spend":{"type":"object","required":["hour_nano_usd","day_nano_usd","month_nano_usd"],"description":"UTC calendar.",
        "properties":{"hour_nano_usd":{"type":"integer"},"day_nano_usd":{"type":"integer"},"month_nano_usd":{"type":"integer"}}},
        "limits":{"type":"array","items":{"type":"object",
        "required":["kind","limit","used","remaining","unit","source","until"],
        "properties":{"kind":{"type":"string"},"limit":{"type":"integer"},"window_s":{"type":"integer"},
        "used":{"type":"integer"},"remaining":{"type":"integer"},"unit":{"type":"string"},
        "source":{"enum":["override","client","tier","default"]},"until":{"type":["string","null"]}}}}}}}
        """

    private static let error =
        ##""content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}"##

    private static let responses = """
        "responses":{
        "Refused":{"description":"Refused; error.code says why and x-tollgate-error-source whose it is.",
        "headers":{"X-Request-ID":{"$ref":"#/components/headers/RequestID"},
        "x-tollgate-error-source":{"schema":{"enum":["gateway","upstream"]}}},\(error)},
        "RetryLater":{"description":"Refused for now; Retry-After says how long, x-should-retry: false that waiting does \
        not help.","headers":{"X-Request-ID":{"$ref":"#/components/headers/RequestID"},
        "Retry-After":{"$ref":"#/components/headers/Count"},
        "x-should-retry":{"schema":{"enum":["true","false"]}}},\(error)},
        "Provider":{"description":"Another answer of the provider, passed on.","content":{"application/json":{}}}}
        """
}
