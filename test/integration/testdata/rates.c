// A stub of the service rates in C, without a library: what docs/services.md asks of a component,
// for two currencies whose rates never change. It has no peer token, so it runs by service chaining
// alone.

typedef unsigned size;
typedef struct { const char *start; size length; } text;
typedef struct { text name, value; } header;

// reply is a response as Spin reads it.
typedef struct {
	unsigned short status;
	unsigned has_headers;
	header *headers;
	size count;
	unsigned has_body;
	text body;
} reply;

#define EXPORT(name) __attribute__((export_name(name)))
#define TEXT(literal) ((text){literal, sizeof literal - 1})

extern char __heap_base;
static char *next = &__heap_base; // the memory that is not in use yet

// reallocate returns memory that is never freed: every request gets an instance of its own.
EXPORT("canonical_abi_realloc")
void *reallocate(char *block, size old, size alignment, size length) {
	if (length == 0) return (void *)alignment;
	char *start = (char *)(((size)next + alignment - 1) & -alignment);
	next = start + length;
	size pages = ((size)next + 65535) / 65536, present = __builtin_wasm_memory_size(0);
	if (pages > present && __builtin_wasm_memory_grow(0, pages - present) == -1ul) __builtin_trap();
	for (size i = 0; i < old && i < length; i++) start[i] = block[i];
	return start;
}

EXPORT("canonical_abi_free") void release(void *block, size length, size alignment) {}

EXPORT("_initialize") void initialize(void) {}

__attribute__((import_module("wasi_snapshot_preview1"), import_name("random_get")))
int random_bytes(char *buffer, size length);

static int equal(text a, text b) {
	if (a.length != b.length) return 0;
	for (size i = 0; i < a.length; i++) if (a.start[i] != b.start[i]) return 0;
	return 1;
}

static int begins(text a, text with) {
	return a.length >= with.length && equal((text){a.start, with.length}, with);
}

static text join(text a, text b, text c) {
	size length = a.length + b.length + c.length;
	char *all = reallocate(0, 0, 1, length), *to = all;
	for (size i = 0; i < a.length; i++) *to++ = a.start[i];
	for (size i = 0; i < b.length; i++) *to++ = b.start[i];
	for (size i = 0; i < c.length; i++) *to++ = c.start[i];
	return (text){all, length};
}

// find returns the first value of a header, or the last one, which is Spin's own of `spin-*`.
static text find(const header *headers, size count, text name, int last) {
	text found = {0, 0};
	for (size i = 0; i < count; i++)
		if (equal(headers[i].name, name)) {
			found = headers[i].value;
			if (!last) break;
		}
	return found;
}

static int is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

// identify returns the id of a request: its own if a log may hold it, or else a random one.
static text identify(text id) {
	int valid = id.length > 0 && id.length <= 64;
	for (size i = 0; i < id.length; i++) {
		char c = id.start[i];
		valid &= is_letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
	}
	if (valid) return id;
	char *digits = reallocate(0, 0, 1, 32);
	random_bytes(digits, 32);
	for (size i = 0; i < 32; i++) digits[i] = "0123456789abcdef"[digits[i] & 15];
	return (text){digits, 32};
}

static const char *methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"};

static const header secure[] = {
	{TEXT("content-security-policy"),
	 TEXT("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; "
	      "img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; "
	      "manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; "
	      "frame-ancestors 'none'")},
	{TEXT("x-content-type-options"), TEXT("nosniff")},
	{TEXT("referrer-policy"), TEXT("no-referrer")},
	{TEXT("cross-origin-opener-policy"), TEXT("same-origin")},
	{TEXT("permissions-policy"),
	 TEXT("accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), "
	      "microphone=(), payment=(), usb=(), clipboard-write=(self)")},
};

static header headers[16];
static reply response = {.has_headers = 1, .headers = headers, .has_body = 1};

static void set(text name, text value) { headers[response.count++] = (header){name, value}; }

static reply *answer(unsigned short status, text type, text body) {
	if (type.length > 0) set(TEXT("content-type"), type);
	response.status = status;
	response.body = body;
	return &response;
}

static reply *private(unsigned short status, text type, text body) {
	set(TEXT("cache-control"), TEXT("no-store"));
	set(TEXT("cross-origin-resource-policy"), TEXT("same-origin"));
	return answer(status, type, body);
}

static reply *not_found(void) {
	return private(404, TEXT("application/problem+json"),
		TEXT("{\"type\":\"/problems#not-found\",\"title\":\"There is nothing here\",\"status\":404,"
		     "\"detail\":\"there is nothing at this address\",\"code\":\"not-found\"}\n"));
}

#define HEAD "{\"base\":\"EUR\",\"date\":\"2025-01-02\",\"source\":\"ECB\","
#define ALLOW "GET, HEAD, OPTIONS"

// public answers a client with rates.
static reply *public(unsigned method, text json) {
	const char *name = methods[method];
	text written = {name, 0};
	while (name[written.length]) written.length++;
	if (equal(written, TEXT("OPTIONS"))) {
		set(TEXT("allow"), TEXT(ALLOW));
		return private(204, TEXT(""), TEXT(""));
	}
	if (!equal(written, TEXT("GET")) && !equal(written, TEXT("HEAD"))) {
		set(TEXT("allow"), TEXT(ALLOW));
		return private(405, TEXT("application/problem+json"), join(
			TEXT("{\"type\":\"/problems#method-not-allowed\",\"title\":\"The method is not allowed\","
			     "\"status\":405,\"detail\":\"this address answers " ALLOW ", not "),
			written, TEXT("\",\"code\":\"method-not-allowed\"}\n")));
	}
	set(TEXT("cache-control"), TEXT("public, max-age=600, stale-while-revalidate=86400"));
	set(TEXT("cross-origin-resource-policy"), TEXT("cross-origin"));
	set(TEXT("access-control-allow-origin"), TEXT("*"));
	return answer(200, TEXT("application/json"), json);
}

EXPORT("handle-http-request")
reply *handle(unsigned method, char *uri, size uri_length, header *asked, size count,
              void *parameters, size parameter_count, unsigned has_body, void *body, size length) {
	for (size i = 0; i < sizeof secure / sizeof *secure; i++) set(secure[i].name, secure[i].value);
	set(TEXT("abacus-request"), identify(find(asked, count, TEXT("x-request-id"), 0)));
	if (begins(find(asked, count, TEXT("spin-full-url"), 1), TEXT("https://")))
		set(TEXT("strict-transport-security"), TEXT("max-age=63072000; includeSubDomains"));

	text path = {uri, 0};
	while (path.length < uri_length && uri[path.length] != '?') path.length++;
	while (path.length > 0 && path.start[0] == '/') path.start++, path.length--;
	while (path.length > 0 && path.start[path.length - 1] == '/') path.length--;

	if (equal(path, TEXT("rates"))) return public(method, TEXT(HEAD "\"rates\":{\"USD\":1.25}}\n"));
	if (begins(path, TEXT("rates/")) && path.length == 9) {
		char code[3];
		for (size i = 0; i < 3; i++) code[i] = path.start[6 + i] & ~32; // in upper case
		if (equal((text){code, 3}, TEXT("EUR")))
			return public(method, TEXT(HEAD "\"currency\":\"EUR\",\"rate\":1}\n"));
		if (equal((text){code, 3}, TEXT("USD")))
			return public(method, TEXT(HEAD "\"currency\":\"USD\",\"rate\":1.25}\n"));
	}
	if (!equal(find(asked, count, TEXT("spin-client-addr"), 1), TEXT("0.0.0.0:0")))
		return not_found();
	text flat = TEXT("text/tab-separated-values; charset=utf-8");
	if (equal(path, TEXT("internal/rates")))
		return private(200, flat, TEXT("rates\tEUR\t2025-01-02\tECB\nrate\tUSD\t1.25\n"));
	if (equal(path, TEXT("internal/health"))) return private(204, TEXT(""), TEXT(""));
	return not_found();
}
