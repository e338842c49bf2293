"""The OpenAI SDK with nothing but `base_url` and `api_key` changed."""

import anthropic
import openai
import pytest

MESSAGES = [{"role": "user", "content": "say hello"}]


@pytest.fixture
def sdk(gateway):
    """Makes a client of the SDK for a key."""

    def make(key: str, **more) -> openai.OpenAI:
        return openai.OpenAI(base_url=f"{gateway.url}/v1", api_key=key, timeout=10, **{"max_retries": 0, **more})

    return make


def test_a_buffered_chat_is_answered_with_every_rate_limit_header(gateway, sdk):
    key, _ = gateway.key("app")
    raw = sdk(key).chat.completions.with_raw_response.create(model="gpt-4.1", messages=MESSAGES)
    answer = raw.parse()
    assert answer.choices[0].message.content == "hello"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens
    for name in (
        "x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset",
        "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
        "ratelimit", "ratelimit-policy",
    ):  # fmt: skip
        assert raw.headers.get(name), name
    assert int(raw.headers["x-ratelimit-remaining-requests"]) == 999_999


def test_a_streamed_chat_arrives_piece_by_piece(gateway, sdk):
    key, _ = gateway.key("app")
    script = {"kind": "stream", "chunks": 6, "piece": 5}
    stream = sdk(key).chat.completions.create(
        model="gpt-4.1", messages=MESSAGES, stream=True, extra_body={"script": script}
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert text == "".join(f"word{index} " for index in range(6))
    assert all(chunk.choices for chunk in chunks), "the usage chunk was not asked for"
    assert all(getattr(chunk, "usage", None) is None for chunk in chunks)
    assert stream.response.headers["x-ratelimit-remaining-requests"]


def test_the_usage_chunk_comes_where_it_is_asked_for(gateway, sdk):
    key, _ = gateway.key("app")
    script = {"kind": "stream", "usage": {"input": 42, "output": 9, "cached": 8, "reasoning": 3}}
    chunks = list(
        sdk(key).chat.completions.create(
            model="gpt-4.1", messages=MESSAGES, stream=True, stream_options={"include_usage": True},
            extra_body={"script": script},
        )  # fmt: skip
    )
    assert chunks[-1].choices == []
    assert (chunks[-1].usage.prompt_tokens, chunks[-1].usage.completion_tokens) == (42, 9)


def test_embeddings_and_responses_are_answered(gateway, sdk):
    key, _ = gateway.key("app")
    client = sdk(key)
    made = client.embeddings.create(model="text-embedding-3-small", input=["one", "two"])
    assert [row.embedding for row in made.data] == [[0.25, -0.5, 1.0]] * 2
    assert client.responses.create(model="gpt-4.1", input="say hello").output_text == "hello"


def test_the_model_list_holds_what_the_key_may_use(gateway, sdk):
    key, _ = gateway.key("app")
    assert {model.id for model in sdk(key).models.list()} == {"gpt-4.1", "deepseek-v3.2", "text-embedding-3-small"}
    narrow, _ = gateway.key("other", "--models", "deepseek-v3.2")
    assert [model.id for model in sdk(narrow).models.list()] == ["deepseek-v3.2"]


def test_a_bad_key_is_an_authentication_error(sdk):
    with pytest.raises(openai.AuthenticationError) as caught:
        sdk("sk-not-one-of-ours").chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    assert caught.value.code == "invalid_api_key"
    assert caught.value.response.headers["x-tollgate-error-source"] == "gateway"


def test_a_model_outside_the_list_is_a_permission_error(gateway, sdk):
    key, _ = gateway.key("app", "--models", "deepseek-v3.2")
    with pytest.raises(openai.PermissionDeniedError) as caught:
        sdk(key).chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    assert caught.value.code == "model_not_allowed"


def test_an_unknown_model_is_not_found(gateway, sdk):
    key, _ = gateway.key("app")
    with pytest.raises(openai.NotFoundError) as caught:
        sdk(key).chat.completions.create(model="gpt-9", messages=MESSAGES)
    assert caught.value.code == "model_not_found"


def test_over_the_limit_is_a_rate_limit_error_that_says_when_to_come_back(gateway, sdk):
    key, _ = gateway.key("app", "--tier", "small")
    client = sdk(key)
    for _ in range(3):
        client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    with pytest.raises(openai.RateLimitError) as caught:
        client.chat.completions.create(model="gpt-4.1", messages=MESSAGES)
    assert caught.value.code == "rate_limit_exceeded"
    assert 55 <= int(caught.value.response.headers["retry-after"]) <= 61


@pytest.mark.parametrize(
    ("status", "answered", "error"),
    [
        (400, 400, openai.BadRequestError),
        (404, 404, openai.NotFoundError),
        (409, 409, openai.ConflictError),
        (422, 422, openai.UnprocessableEntityError),
        (401, 502, openai.InternalServerError),
        (403, 502, openai.InternalServerError),
        (429, 429, openai.RateLimitError),
        (500, 502, openai.InternalServerError),
        (503, 503, openai.InternalServerError),
        (529, 503, openai.InternalServerError),
    ],
)
def test_a_providers_error_has_its_exception(gateway, sdk, status, answered, error):
    key, _ = gateway.key("app")
    script = {"kind": "status", "status": status, "headers": ["Retry-After: 7"]}
    with pytest.raises(error) as caught:
        sdk(key).chat.completions.create(model="gpt-4.1", messages=MESSAGES, extra_body={"script": script})
    assert caught.value.status_code == answered
    assert caught.value.response.headers["x-tollgate-error-source"] == "upstream"
    if status in (429, 503, 529):
        assert int(caught.value.response.headers["retry-after"]) >= 1


def test_a_stream_that_the_provider_breaks_off_never_looks_complete(gateway, sdk):
    key, _ = gateway.key("app")
    script = {"kind": "stream", "chunks": 9, "cut": 4, "interval": 0.005}
    stream = sdk(key).chat.completions.create(
        model="gpt-4.1", messages=MESSAGES, stream=True, extra_body={"script": script}
    )
    finishes = []
    with pytest.raises(openai.APIError):
        for chunk in stream:
            finishes.append(chunk.choices[0].finish_reason)
    assert set(finishes) == {None}


def test_the_anthropic_sdk_gets_a_clear_error(gateway):
    key, _ = gateway.key("app")
    client = anthropic.Anthropic(base_url=gateway.url, api_key=key, max_retries=0, timeout=10)
    with pytest.raises(anthropic.APIStatusError) as caught:
        client.messages.create(model="gpt-4.1", max_tokens=16, messages=MESSAGES)
    assert caught.value.status_code in (400, 403, 404, 501)
    assert caught.value.message
