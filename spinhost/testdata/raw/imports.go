//go:build tinygo

package main

import (
	"strconv"
	"strings"
	"unsafe"
)

//go:wasmimport wasi-outbound-http request
func outboundRequest(method, uri, uriLen, headers, headersLen, params, paramsLen, hasBody, body, bodyLen uint32, result unsafe.Pointer)

//go:wasmimport spin-config get-config
func getConfig(key, keyLen uint32, result unsafe.Pointer)

//go:wasmimport key-value open
func keyValueOpen(name, nameLen uint32, result unsafe.Pointer)

//go:wasmimport key-value get
func keyValueGet(store, key, keyLen uint32, result unsafe.Pointer)

//go:wasmimport key-value close
func keyValueClose(store uint32)

//go:wasmimport sqlite open
func sqliteOpen(name, nameLen uint32, result unsafe.Pointer)

//go:wasmimport sqlite execute
func sqliteExecute(connection, statement, statementLen, parameters, parametersLen uint32, result unsafe.Pointer)

//go:wasmimport sqlite close
func sqliteClose(connection uint32)

// fetch sends a request from a text: "METHOD URL", headers, an empty line, a body ("-" for none).
// It returns the response or "error CODE".
func fetch(source string) string {
	head, body := cut(source, "\n\n")
	line, rest := cut(head, "\n")
	method, uri := cut(line, " ")
	var fields []field
	for rest != "" {
		var header string
		header, rest = cut(rest, "\n")
		name, value := cut(header, ": ")
		fields = append(fields, field{text(name), text(value)})
	}
	methods := []string{"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"}
	number := uint32(len(methods))
	for i, name := range methods {
		if name == method {
			number = uint32(i)
		}
	}
	hasBody := uint32(1)
	if body == "-" {
		hasBody = 0
	}
	u, list, b := text(uri), fieldList(fields), text(body)
	outboundRequest(number, u.data, u.length, list.data, list.length, 0, 0, hasBody, b.data, b.length, unsafe.Pointer(&outside))
	if uint8(outside[0]) != 0 {
		return "error " + strconv.Itoa(int(uint8(outside[1])))
	}
	answer := "ok " + strconv.Itoa(int(uint16(outside[1])))
	if uint8(outside[2]) == 1 {
		for _, f := range unsafe.Slice((*field)(unsafe.Pointer(uintptr(outside[3]))), outside[4]) {
			answer += "\n" + f.name.String() + ": " + f.value.String()
		}
	}
	if uint8(outside[5]) == 1 {
		answer += "\n\n" + pair{outside[6], outside[7]}.String()
	}
	return answer
}

// said formats a result that is a string or an error with a text.
func said() string {
	if uint8(outside[0]) == 0 {
		return pair{outside[1], outside[2]}.String()
	}
	return "error " + strconv.Itoa(int(uint8(outside[1]))) + " " + pair{outside[2], outside[3]}.String()
}

// code formats a result that is a number or an error.
func code() string {
	if uint8(outside[0]) == 0 {
		return strconv.Itoa(int(outside[1]))
	}
	return "error " + strconv.Itoa(int(uint8(outside[1])))
}

// call calls imports in ways that no SDK does.
func call(what string) string {
	verb, rest := cut(what, "/")
	n, _ := strconv.Atoi(rest)
	name, bytes := text(rest), text("\xff\xfe")
	result := unsafe.Pointer(&outside)
	outside = [32]uint32{}
	switch verb {
	case "variable":
		getConfig(name.data, name.length, result)
		return said()
	case "variable-bytes":
		getConfig(bytes.data, bytes.length, result)
	case "variable-outside":
		getConfig(1<<30, 5, result)
	case "variable-result":
		getConfig(name.data, name.length, unsafe.Pointer(uintptr(0xfffffffc)))
	case "method":
		outboundRequest(uint32(n), 0, 0, 0, 0, 0, 0, 0, 0, 0, result)
	case "body-tag":
		outboundRequest(0, name.data, name.length, 0, 0, 0, 0, 2, 0, 0, result)
	case "header-bytes":
		url, list := text("http://a.example"), fieldList([]field{{text("x-a"), bytes}})
		outboundRequest(0, url.data, url.length, list.data, list.length, 0, 0, 0, 0, 0, result)
	case "store":
		keyValueOpen(name.data, name.length, result)
		return code()
	case "stores":
		for i := 0; i < n; i++ {
			label := text("default")
			keyValueOpen(label.data, label.length, result)
		}
		return code()
	case "store-get":
		keyValueGet(uint32(n), name.data, name.length, result)
	case "store-closed":
		label := text("default")
		keyValueOpen(label.data, label.length, result)
		keyValueClose(outside[1])
		keyValueClose(outside[1])
		keyValueGet(outside[1], name.data, name.length, result)
	case "database":
		sqliteOpen(name.data, name.length, result)
		return code()
	case "databases":
		for i := 0; i < n; i++ {
			label := text("default")
			sqliteOpen(label.data, label.length, result)
		}
		return strings.TrimRight(code()+" "+pair{outside[2], outside[3]}.String(), " ")
	case "execute":
		statement := text("SELECT 1")
		sqliteExecute(uint32(n), statement.data, statement.length, 0, 0, result)
		return code()
	case "execute-closed":
		label, statement := text("default"), text("SELECT 1")
		sqliteOpen(label.data, label.length, result)
		sqliteClose(outside[1])
		sqliteClose(outside[1])
		sqliteExecute(outside[1], statement.data, statement.length, 0, 0, result)
		return code()
	case "parameter-tag", "parameter-text", "parameter-outside":
		label, statement := text("default"), text("SELECT ?")
		sqliteOpen(label.data, label.length, result)
		value := [2]uint64{2, uint64(bytes.data) | uint64(bytes.length)<<32}
		if verb == "parameter-tag" {
			value[0] = 5
		} else if verb == "parameter-outside" {
			value[1] = 1<<30 | 8<<32
		}
		sqliteExecute(outside[1], statement.data, statement.length, uint32(uintptr(unsafe.Pointer(&value))), 1, result)
	}
	return "no trap"
}
