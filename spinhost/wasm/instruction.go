package wasm

// The opcodes that instrument needs; all others are read by ranges (WebAssembly core
// specification 2.0, 5.4).
const (
	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opEnd          = 0x0b
	opBrTable      = 0x0e
	opCall         = 0x10
	opCallIndirect = 0x11
	opDrop         = 0x1a
	opSelectTyped  = 0x1c
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opTableSet     = 0x26
	opMemoryGrow   = 0x40
	opI32Const     = 0x41
	opI32LtS       = 0x48
	opI32Sub       = 0x6b
	opI32ShrU      = 0x76
	opPrefixFC     = 0xfc
	opPrefixFD     = 0xfd

	// After the prefix 0xfc.
	opMemoryInit = 8
	opDataDrop   = 9
	opMemoryCopy = 10
	opMemoryFill = 11
	opTableInit  = 12
	opElemDrop   = 13
	opTableCopy  = 14
	opTableGrow  = 15
	opTableFill  = 17
)

// prefixed returns the opcode of an instruction with the prefix 0xfc, as instruction does.
func prefixed(op uint32) uint32 { return opPrefixFC<<8 | op }

// instruction reads an instruction with its immediates and returns its opcode.
func (r *reader) instruction() uint32 {
	op := r.byte()
	switch {
	case op >= opBlock && op <= opIf, // block type
		op == 0x0c, op == 0x0d, // br, br_if
		op == opCall, op == 0x12, // call, return_call
		op >= 0x20 && op <= opTableSet, // local.*, global.*, table.get, table.set
		op == 0x3f, op == opMemoryGrow, // memory.size, memory.grow
		op == opI32Const, op == 0x42, // i32.const, i64.const
		op == 0xd2: // ref.func
		r.u32()
	case op == opCallIndirect, op == 0x13,
		op >= 0x28 && op <= 0x3e: // loads and stores: align, offset
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
		return prefixed(r.prefixFC())
	case op == opPrefixFD:
		r.prefixFD()
	case op >= 0x06 && op <= 0x0a, op >= 0x14 && op <= 0x19, op >= 0x1d && op <= 0x1f,
		op == 0x27, op > 0xd2:
		r.failed = true // not in version 2.0
	}
	return uint32(op)
}

// prefixFC reads what follows the prefix 0xfc.
func (r *reader) prefixFC() uint32 {
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

// prefixFD reads what follows the prefix 0xfd.
func (r *reader) prefixFD() {
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
