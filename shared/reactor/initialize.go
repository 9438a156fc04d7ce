//go:build tinygo && !wasip1

package reactor

import _ "unsafe" // for go:linkname

//go:linkname start _start
func start()

//export _initialize
func initialize() { start() }
