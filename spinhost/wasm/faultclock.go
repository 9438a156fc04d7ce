//go:build faults

package wasm

import (
	"os"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/sys"
)

// withClock gives instances a clock that is wrong by the duration in SPINHOST_CLOCK, such as -24h.
func withClock(config wazero.ModuleConfig) wazero.ModuleConfig {
	text := os.Getenv("SPINHOST_CLOCK")
	if text == "" {
		return config.WithSysWalltime()
	}
	offset, err := time.ParseDuration(text)
	if err != nil {
		panic(err)
	}
	return config.WithWalltime(func() (seconds int64, nanoseconds int32) {
		now := time.Now().Add(offset)
		return now.Unix(), int32(now.Nanosecond())
	}, sys.ClockResolution(time.Microsecond))
}
