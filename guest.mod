// What the guests see: the Go of TinyGo 0.30, and the dependencies compiled to
// Wasm. The versions are those of go.mod.
module abacus

go 1.21

require (
	github.com/fermyon/spin-go-sdk v0.0.0-00010101000000-000000000000
	github.com/fermyon/spin/sdk/go/v2 v2.2.0
	github.com/tidwall/gjson v1.18.0
	modernc.org/libc v1.55.3
	modernc.org/sqlite v1.34.5
	pgregory.net/rapid v1.2.0
)

require (
	github.com/dustin/go-humanize v1.0.1 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/julienschmidt/httprouter v1.3.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/tidwall/match v1.1.1 // indirect
	github.com/tidwall/pretty v1.2.0 // indirect
	golang.org/x/sys v0.22.0 // indirect
	modernc.org/mathutil v1.6.0 // indirect
	modernc.org/memory v1.8.0 // indirect
)

// The SDK's repository moved after it had chosen this import path.
replace github.com/fermyon/spin-go-sdk => github.com/spinframework/spin-go-sdk v0.0.0-20250411015808-ee0bd1e7d170
