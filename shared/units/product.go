package units

// product is a product of units under construction.
type product struct {
	parts [2*maxParts + 4]part
	count int
	scale scale
	exact bool // the scale is that of the numbers alone
}

// take multiplies by a unit. Powers of equal units are added, and a unit is converted to another of
// its dimension if the product has one.
func (p *product) take(u Unit, power int) {
	for _, next := range u.parts() {
		if next == 0 {
			return
		}
		p.add(next.raised(next.power() * power))
	}
}

// add multiplies by a part. Once there are too many parts, or the power is too high, it does
// nothing.
func (p *product) add(next part) {
	if p.tooMany() {
		return
	}
	if next.id() == idClock { // 120 km/1:30 is in km/h
		next = newPart(idHour, 0, next.power())
	}
	if next.id() == idHundredKm { // 7 l/100km * 250 km is in km
		p.exact = false
		p.scale.ten += 2 * next.power()
		next = kilometre.first().raised(next.power())
	}
	if next.dimension() == 0 { // 5% of something is a plain number
		p.exact = false
		p.scale.unit(next, next.power())
		return
	}
	for i := range p.parts[:p.count] {
		have := &p.parts[i]
		same := have.same(next)
		if !same && (have.dimension() != next.dimension() || isCurrency(next.id())) {
			continue
		}
		if !same {
			p.exact = false
			p.scale.unit(next, next.power())
			p.scale.unit(*have, -next.power())
		}
		power := have.power() + next.power()
		if power < -maxExponent || power > maxExponent {
			p.count = len(p.parts) + 1
			return
		}
		if *have = have.raised(power); power == 0 {
			copy(p.parts[i:], p.parts[i+1:p.count])
			p.count--
		}
		return
	}
	if p.count < len(p.parts) {
		p.parts[p.count] = next
	}
	p.count++ // more than there is room for
}

// tooMany reports whether a Unit has no room for the parts, or for a power as high.
func (p *product) tooMany() bool { return p.count > len(p.parts) }

// expand replaces a compound unit by its two units if another part has the dimension of one of
// them.
func (p *product) expand() {
	for i := 0; i < p.count && p.count < len(p.parts)-2; i++ {
		for _, c := range compounds {
			if p.parts[i].id() != int(c.id) || !p.others(i, c.first, c.second) {
				continue
			}
			whole := p.parts[i]
			copy(p.parts[i:], p.parts[i+1:p.count])
			p.count--
			p.add(newPart(int(c.first), whole.prefix(), whole.power()))
			p.add(newPart(int(c.second), 0, whole.power()*int(c.power)))
			i = -1
			break
		}
	}
}

// others reports whether a part other than the i-th has the dimension of one of two units.
func (p *product) others(i int, first, second uint8) bool {
	for j := range p.parts[:p.count] {
		d := p.parts[j].dimension()
		if j != i && (d == table[first].dimension || d == table[second].dimension) {
			return true
		}
	}
	return false
}

// reduce makes a plain number of a product without dimension, drops radians beside other units, and
// simplifies products of SI units.
func (p *product) reduce() {
	d, family, currency, radians := Dimension(0), true, false, -1
	for i, q := range p.parts[:min(p.count, len(p.parts))] {
		d += q.dimension() * Dimension(q.power())
		currency = currency || isCurrency(q.id())
		if q.id() == idRadian && q.prefix() == 0 {
			radians = i
		} else {
			family = family && !isCurrency(q.id()) && table[q.id()].flags&decimal != 0
		}
	}
	physical := d.physical()
	if physical == 0 && !currency && !(p.count == 1 && p.parts[0].power() == 1 && d == Angle) {
		p.become(Unit{})
		return
	}
	if radians >= 0 && p.count > 1 && d != rotation && d != rotation-Time {
		copy(p.parts[radians:], p.parts[radians+1:p.count])
		p.count--
	}
	if !family || p.count < 2 {
		return
	}
	for _, id := range simple {
		if table[id].dimension == physical {
			target := newPart(int(id), 0, 1)
			if id == idGram {
				target = newPart(idGram, prefixKilo, 1)
			}
			p.become(Unit{low: uint64(target)})
			return
		}
	}
}

// become converts the product to another unit of its dimension.
func (p *product) become(u Unit) {
	for _, q := range p.parts[:min(p.count, len(p.parts))] {
		p.scale.unit(q, q.power())
	}
	p.scale.units(u, -1)
	p.exact = false
	p.count = 0
	for _, q := range u.parts() {
		if q != 0 {
			p.parts[p.count] = q
			p.count++
		}
	}
}

// unit returns the product as a Unit.
func (p *product) unit() (u Unit, ok bool) {
	if p.count > maxParts {
		return u, false
	}
	var all parts
	copy(all[:], p.parts[:p.count])
	u = all.unit()
	return u, u.fits()
}
