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

// compressible are the endings of files that are sent compressed. Templates are
// filled first, and source maps are for who opens the tools of a browser.
var compressible = []string{".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".webmanifest"}

// compress puts variants, NAME.br and NAME.gz, beside the files that are smaller in
// them. The slowest and best compression is used, since nobody waits for it.
func compress(files map[string][]byte) {
	variants := map[string][]byte{}
	var mutex sync.Mutex
	var wait sync.WaitGroup
	for name, content := range files {
		if !slices.Contains(compressible, path.Ext(name)) {
			continue
		}
		wait.Go(func() {
			brotlied, gzipped := brotliOf(content), gzipOf(content)
			mutex.Lock()
			defer mutex.Unlock()
			for ending, variant := range map[string][]byte{".br": brotlied, ".gz": gzipped} {
				if len(variant) < len(content) {
					variants[name+ending] = variant
				}
			}
		})
	}
	wait.Wait()
	maps.Copy(files, variants)
}

func brotliOf(content []byte) []byte {
	var out bytes.Buffer
	return pack(&out, brotli.NewWriterLevel(&out, brotli.BestCompression), content)
}

func gzipOf(content []byte) []byte {
	var out bytes.Buffer
	writer, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // fails for a level that there is not
	return pack(&out, writer, content)
}

// pack returns what a compressor writes to out, a buffer, which cannot fail.
func pack(out *bytes.Buffer, compressor io.WriteCloser, content []byte) []byte {
	compressor.Write(content)
	compressor.Close()
	return out.Bytes()
}
