//go:build tinygo

package main

import (
	"os"
	"strconv"
	"time"
	"unsafe"
)

//go:wasmimport wasi_snapshot_preview1 fd_close
func fdClose(descriptor uint32) uint32

//go:wasmimport wasi_snapshot_preview1 random_get
func randomGet(buffer unsafe.Pointer, length uint32) uint32

// started is initialised at run time, by _initialize.
var started = strconv.Itoa(len(os.Getenv("GREETING")))

// counter and kept show whether memory is restored between requests.
var (
	counter int
	kept    []byte
	sink    int
)

// remember returns what earlier requests have left, and leaves something.
func remember(what string) string {
	sum := 0
	for _, b := range kept {
		sum += int(b)
	}
	found := strconv.Itoa(counter) + " " + strconv.Itoa(sum) + " " +
		strconv.Itoa(int(memorySize())) + " " + started
	counter++
	switch what {
	case "memory":
		kept = make([]byte, 1<<20)
		for i := range kept {
			kept[i] = 0xaa
		}
	case "much":
		kept = make([]byte, 5<<20)
		kept[5<<20-1] = 0xaa
	case "file":
		file, err := os.Open("/kept.txt")
		if err != nil {
			return err.Error()
		}
		found += " fd " + strconv.Itoa(int(file.Fd()))
	case "close":
		found += " close " + strconv.Itoa(int(fdClose(3)))
	}
	return found
}

//export llvm.wasm.memory.size.i32
func wasmMemorySize(index int32) int32

func memorySize() int32 { return wasmMemorySize(0) }

// run uses what a component can do without the host.
func run(what string) string {
	verb, rest := cut(what, "/")
	n, _ := strconv.Atoi(rest)
	switch verb {
	case "panic":
		panic("as told")
	case "exit":
		os.Exit(n)
	case "loop":
		for {
			sink++
		}
	case "fibonacci":
		return strconv.Itoa(fibonacci(n))
	case "deep":
		return strconv.Itoa(deep(n))
	case "sleep":
		time.Sleep(time.Duration(n) * time.Millisecond)
	case "grow":
		var blocks [][]byte
		for i := 0; i < n; i++ {
			blocks = append(blocks, make([]byte, 1<<20))
		}
		return strconv.Itoa(len(blocks))
	case "clock":
		return strconv.FormatInt(time.Now().UnixMilli(), 10)
	case "random":
		var b [16]byte
		randomGet(unsafe.Pointer(&b), 16)
		return strconv.Quote(string(b[:]))
	case "environment":
		text := ""
		for _, pair := range os.Environ() {
			text += pair + "\n"
		}
		return text
	case "arguments":
		return strconv.Itoa(len(os.Args))
	case "stdin":
		var b [1]byte
		read, err := os.Stdin.Read(b[:])
		return strconv.Itoa(read) + " " + err.Error()
	case "read":
		data, err := os.ReadFile("/" + rest)
		if err != nil {
			return err.Error()
		}
		return string(data)
	case "write":
		if err := os.WriteFile("/"+rest, []byte("x"), 0o644); err != nil {
			return err.Error()
		}
	case "create", "truncate": // opens for reading
		flag := os.O_CREATE
		if verb == "truncate" {
			flag = os.O_TRUNC
		}
		if _, err := os.OpenFile("/"+rest, os.O_RDONLY|flag, 0o644); err != nil {
			return err.Error()
		}
	case "open": // the same file, until that fails
		for opened := 0; ; opened++ {
			if _, err := os.Open("/" + rest); err != nil || opened == 10000 {
				return strconv.Itoa(opened)
			}
		}
	case "chatter":
		for {
			os.Stdout.WriteString("chatter\n")
		}
	case "print":
		os.Stdout.WriteString("out " + rest + "\n")
		os.Stderr.WriteString("err " + rest + "\n")
	}
	return ""
}

// fibonacci has no loop: its only yield points are at calls.
func fibonacci(n int) int {
	if n < 2 {
		return n
	}
	return fibonacci(n-1) + fibonacci(n-2)
}

// deep uses up the stack.
func deep(n int) int {
	if n == 0 {
		return 0
	}
	var b [64]int
	b[n%64] = n
	return deep(n-1) + b[(n*7)%64]
}
