//go:build tinygo

package main

import "unsafe"

// malformed makes responses that no SDK makes.
func malformed(kind string) {
	headers := func(fields ...string) {
		var list []field
		for i := 0; i < len(fields); i += 2 {
			list = append(list, field{text(fields[i]), text(fields[i+1])})
		}
		answer.hasHeaders = 1
		answer.headers = fieldList(list)
	}
	say("a body\n")
	switch kind {
	case "twice":
		headers("X-A", "1", "x-b", "2", "x-a", "3")
	case "name":
		headers("a b", "1")
	case "no-name":
		headers("", "1")
	case "value-newline":
		headers("x-a", "1\r\nx-b: 2")
	case "value-latin":
		headers("x-a", "caf\u00e9")
	case "value-bytes":
		headers("x-a", "\xff")
	case "header-tag":
		answer.hasHeaders = 7
	case "body-tag":
		answer.hasBody = 2
	case "headers-outside":
		answer.hasHeaders = 1
		answer.headers = pair{1 << 30, 1}
	case "headers-endless":
		answer.hasHeaders = 1
		answer.headers = pair{0, 1<<32 - 1}
	case "headers-long":
		long := text(string(make([]byte, 70000)))
		list := make([]field, 20)
		for i := range list {
			list[i] = field{text("x-a"), long}
		}
		answer.hasHeaders = 1
		answer.headers = fieldList(list)
	case "body-outside":
		answer.body = pair{uint32(uintptr(unsafe.Pointer(&answer))), 1 << 31}
	case "no-body":
		answer.hasBody = 0
	case "length":
		headers("content-length", "3")
	case "length-no-body":
		headers("content-length", "3")
		answer.hasBody = 0
	case "chunked":
		headers("transfer-encoding", "chunked")
	}
}
