// Package heap allocates the memory of TinyGo guests. A guest imports it for its effect:
//
//	import _ "abacus/shared/heap"
//
// An instance serves one request and its memory is discarded afterwards, so nothing is freed.
// TinyGo's own heap of that kind (-gc=leaking) fills every block with zeros, although new memory
// is zero, which takes a tenth of the time of a short request. So guests are compiled without a
// heap (-gc=none), and this package defines the function that is missing then.
package heap
