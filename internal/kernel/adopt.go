package kernel

// This file is packed weights that several convolutions of one constant share:
// those of images of other sizes.

// sameWeights reports whether two layers have weights of the same shape.
func (g *Geometry) sameWeights(o *Geometry) bool {
	return g.C == o.C && g.F == o.F && g.KH == o.KH && g.KW == o.KW
}

// Adopt lets c use the packed weights of another. It reports false, and does
// nothing, if those lie in another layout.
func (c *Conv) Adopt(other *Conv) bool {
	line := c.C == other.C && c.F == other.F && c.window() == other.window() && // packed alike, upright or not
		min(c.KH, c.KW) == 1 && min(other.KH, other.KW) == 1
	if !c.sameWeights(&other.Geometry) && !line {
		return false
	}
	c.w = other.w
	return true
}

// Adopt is that of Conv.
func (d *Depthwise) Adopt(other *Depthwise) bool {
	if !d.sameWeights(&other.Geometry) || d.wide() != other.width {
		return false
	}
	d.w, d.width = other.w, other.width
	return true
}

// Adopt is that of Conv.
func (g *Grouped) Adopt(other *Grouped) bool {
	if g.Groups != other.Groups || g.Transpose || other.Transpose || !g.sameWeights(&other.Geometry) {
		return false
	}
	for i, k := range g.groups() {
		k.(*Conv).w = other.each[i].(*Conv).w
	}
	return true
}

// Adopt is that of Conv.
func (d *DynamicConv) Adopt(other *DynamicConv) bool {
	if !d.sameWeights(&other.Geometry) {
		return false
	}
	d.Weights = other.Weights
	return true
}

// Adopt is that of Conv. Images of other sizes may be computed in another way,
// or be reached from other window positions.
func (c *ConvTranspose) Adopt(other *ConvTranspose) bool {
	if !c.sameWeights(&other.Geometry) {
		return false
	}
	t, o := c.asConv(), other.asConv()
	switch {
	case (t == nil) != (o == nil):
		return false
	case t != nil:
		return t.Adopt(&o.Conv)
	case (c.split() == nil) != (other.split() == nil), c.aside() != other.aside():
		return false
	case c.split() != nil:
		for i := range c.convs {
			c.convs[i].w = other.convs[i].w
		}
		return true
	case c.aside():
		c.rows = other.rows
		return true
	case c.few():
		c.w = other.w
		return true
	}
	if other.products != nil || other.winograd() != c.winograd() {
		if c.products = other.products; !c.winograd() || c.products == nil {
			c.products = nil
			return false
		}
		return true
	}
	c.plan()
	has := make(map[int]*tap)
	for _, t := range other.taps {
		has[t.index] = t
	}
	for _, t := range c.taps {
		o := has[t.index]
		if o == nil || o.Group != t.Group {
			return false
		}
	}
	for _, t := range c.taps {
		t.Packed = has[t.index].Packed
	}
	return true
}
