package wasm

// Opcodes that decide something here; the others are told apart by ranges only
// (WebAssembly core specification 2.0, 5.4).
const (
	opBlock        = 0x02
	opIf           = 0x04
	opEnd          = 0x0b
	opBrTable      = 0x0e
	opCallIndirect = 0x11
	opSelectTyped  = 0x1c
	opTableSet     = 0x26
	opPrefixFC     = 0xfc
	opPrefixFD     = 0xfd

	// Behind the prefix 0xfc.
	opMemoryInit = 8
	opDataDrop   = 9
	opMemoryCopy = 10
	opTableInit  = 12
	opElemDrop   = 13
	opTableCopy  = 14
	opTableGrow  = 15
	opTableFill  = 17
)

// onlyMemory reports whether a run of the module can leave traces in its memory
// and globals alone: no instruction of it changes a table or drops a segment.
// Neither TinyGo nor LLVM emits such instructions by itself.
func onlyMemory(module []byte) bool {
	list, err := sections(module)
	if err != nil {
		return false
	}
	for _, s := range list {
		if s.id != sectionCode {
			continue
		}
		r := reader{data: module[:s.end], at: s.start}
		for n := r.u32(); n > 0 && !r.failed; n-- {
			size := int(r.u32())
			body := reader{data: module[:min(s.end, r.at+size)], at: r.at}
			r.skip(size)
			for locals := body.u32(); locals > 0 && !body.failed; locals-- {
				body.u32()
				body.byte()
			}
			for body.at < len(body.data) && !body.failed {
				switch body.instruction() {
				case opTableSet, prefixed(opDataDrop), prefixed(opTableInit), prefixed(opElemDrop),
					prefixed(opTableCopy), prefixed(opTableGrow), prefixed(opTableFill):
					return false
				}
			}
			if body.failed {
				return false
			}
		}
		if r.failed {
			return false
		}
	}
	return true
}

// prefixed numbers an instruction behind the prefix 0xfc.
func prefixed(op uint32) uint32 { return opPrefixFC<<8 | op }

// instruction reads one instruction with its immediates and returns its opcode.
func (r *reader) instruction() uint32 {
	op := r.byte()
	switch {
	case op >= opBlock && op <= opIf, // block type
		op == 0x0c, op == 0x0d, // br, br_if
		op == 0x10, op == 0x12, // call, return_call
		op >= 0x20 && op <= opTableSet, // local.*, global.*, table.get, table.set
		op == 0x3f, op == 0x40,         // memory.size, memory.grow
		op == 0x41, op == 0x42, // i32.const, i64.const
		op == 0xd2: // ref.func
		r.u32()
	case op == opCallIndirect, op == 0x13, op >= 0x28 && op <= 0x3e: // loads and stores: align, offset
		r.u32()
		r.u32()
	case op == opBrTable:
		for n := r.u32() + 1; n > 0 && !r.failed; n-- {
			r.u32()
		}
	case op == opSelectTyped:
		for n := r.u32(); n > 0 && !r.failed; n-- {
			r.byte()
		}
	case op == 0x43: // f32.const
		r.skip(4)
	case op == 0x44: // f64.const
		r.skip(8)
	case op == 0xd0: // ref.null
		r.byte()
	case op == opPrefixFC:
		return prefixed(r.miscellaneous())
	case op == opPrefixFD:
		r.vector()
	case op > 0xd2:
		r.failed = true
	}
	return uint32(op)
}

// miscellaneous reads what follows the prefix 0xfc.
func (r *reader) miscellaneous() uint32 {
	op := r.u32()
	switch {
	case op < opMemoryInit: // saturating conversions
	case op == opMemoryInit, op == opMemoryCopy, op == opTableInit, op == opTableCopy:
		r.u32()
		r.u32()
	case op <= opTableFill:
		r.u32()
	default:
		r.failed = true
	}
	return op
}

// vector reads what follows the prefix 0xfd.
func (r *reader) vector() {
	switch op := r.u32(); {
	case op <= 11, op == 92, op == 93: // loads and stores
		r.u32()
		r.u32()
	case op == 12, op == 13: // v128.const, i8x16.shuffle
		r.skip(16)
	case op >= 21 && op <= 34: // lanes
		r.byte()
	case op >= 84 && op <= 91: // loads and stores of lanes
		r.u32()
		r.u32()
		r.byte()
	}
}
