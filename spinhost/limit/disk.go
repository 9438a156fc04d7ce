package limit

import (
	"log"
	"sync/atomic"
	"syscall"
)

// maxReserve is the most that Disk keeps free by default.
const maxReserve = 1 << 30

// Disk keeps a part of a disk free: while less is free, nothing new is stored. It is safe for
// concurrent use.
type Disk struct {
	folder string
	least  int64
	log    *log.Logger
	short  atomic.Bool // as last logged
}

// NewDisk watches the disk of a folder. It keeps least bytes free: for 0 a tenth of the disk but at
// most 1 GiB, for a negative number none.
func NewDisk(folder string, least int64, logger *log.Logger) *Disk {
	return &Disk{folder: folder, least: least, log: logger}
}

// Short reports whether less is free than should be. A disk that cannot be examined is not short: a
// write to it shows what is wrong.
func (d *Disk) Short() bool {
	var disk syscall.Statfs_t
	if d.least < 0 || syscall.Statfs(d.folder, &disk) != nil {
		return false
	}
	free, least := int64(disk.Bavail)*int64(disk.Bsize), d.least
	if least == 0 {
		least = min(int64(disk.Blocks)*int64(disk.Bsize)/10, maxReserve)
	}
	short := free < least
	if d.short.CompareAndSwap(!short, short) {
		if short {
			d.log.Printf("%s: %d MiB are free and %d are to stay free: nothing new is stored",
				d.folder, free>>20, least>>20)
		} else {
			d.log.Printf("%s: %d MiB are free: new data is stored again", d.folder, free>>20)
		}
	}
	return short
}
