//go:build !faults

package wasm

import "github.com/tetratelabs/wazero"

// withClock gives instances the system's clock.
func withClock(config wazero.ModuleConfig) wazero.ModuleConfig { return config.WithSysWalltime() }
