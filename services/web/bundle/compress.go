package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/andybalholm/brotli"
)

// compressible are the extensions of files that are served compressed. Templates are filled in
// first, and only developer tools fetch source maps.
var compressible = []string{
	".css", ".html", ".js", ".json", ".svg", ".ttf", ".txt", ".wasm", ".webmanifest",
}

// compress adds NAME.br and NAME.gz for the files that they make smaller. It uses the slowest and
// best compression, since it runs once per build.
func compress(files map[string][]byte) {
	variants := map[string][]byte{}
	var mutex sync.Mutex
	var wait sync.WaitGroup
	for name, content := range files {
		if !slices.Contains(compressible, path.Ext(name)) {
			continue
		}
		wait.Go(func() {
			br, gz := compressBrotli(content), compressGzip(content)
			mutex.Lock()
			defer mutex.Unlock()
			for extension, variant := range map[string][]byte{".br": br, ".gz": gz} {
				if len(variant) < len(content) {
					variants[name+extension] = variant
				}
			}
		})
	}
	wait.Wait()
	maps.Copy(files, variants)
}

func compressBrotli(content []byte) []byte {
	var out bytes.Buffer
	return compressTo(&out, brotli.NewWriterLevel(&out, brotli.BestCompression), content)
}

func compressGzip(content []byte) []byte {
	var out bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails for unknown levels only
	return compressTo(&out, writer, content)
}

// compressTo returns what compressor writes to out. Writing to a buffer cannot fail.
func compressTo(out *bytes.Buffer, compressor io.WriteCloser, content []byte) []byte {
	compressor.Write(content)
	compressor.Close()
	return out.Bytes()
}
