/// Good messages, which the tests cut, mutate and compare.
enum Corpus {
    static let requests: [String] = [
        "GET /v1/models HTTP/1.1\r\nHost: example.com\r\n\r\n",
        "GET /health?deep=1&x=%41 HTTP/1.0\r\n\r\n",
        "GET http://example.com:8080/v1/models?q=a HTTP/1.1\r\nHost: example.com:8080\r\nAccept: */*\r\n\r\n",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: [::1]:8080\r\nContent-Type: application/json\r\n"
            + "Authorization: Bearer tg_x\r\nContent-Length: 13\r\n\r\n{\"model\":\"a\"}",
        "POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "5\r\nhello\r\n1;name=\"value\"\r\n!\r\n0\r\nX-Trailer: dropped\r\n\r\n",
        "POST /a HTTP/1.1\r\nhOsT:a\r\ntransfer-encoding:\t Chunked \r\n\r\n00000A\r\n0123456789\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
        "\r\n\r\nPUT /x-y_z~!$&'()*+,;=:@ HTTP/1.1\r\nHost: a-b.c_d:1\r\nX-Empty:\r\nX-High: caf\u{e9}\r\n\r\n",
        "DELETE /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nConnection: keep-alive, X-Drop\r\nX-Drop: 1\r\n\r\n",
        "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: b\r\n\r\n"
            + "POST /c HTTP/1.1\r\nHost: c\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n"
            + "HEAD /d HTTP/1.1\r\nHost: d\r\n\r\n",
    ]

    static let responses: [String] = [
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}",
        "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\ndata: \r\n4\r\n1\n\n\n\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
            + "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.0 200 OK\r\nServer: old\r\n\r\nuntil the connection ends",
        "HTTP/1.1 204 No Content\r\nContent-Length: 12\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 503 \r\nConnection: close\r\nContent-Length: 1\r\n\r\nx",
    ]
}
