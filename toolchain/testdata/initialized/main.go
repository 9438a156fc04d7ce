//go:build tinygo

// Command initialized is a component with a variable that only its initialiser can set.
package main

import (
	"time"

	_ "abacus/shared/reactor"
)

var began = time.Now().Unix()

//export began
func beganAt() int64 { return began }

func main() {}
