package spinhost

import (
	"cmp"
	"io"
	"time"

	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
	"abacus/spinhost/telemetry"
	"abacus/spinhost/variable"
)

// The defaults of Options.
const (
	DefaultInstances   = 1000 // Spin's SPIN_MAX_INSTANCE_COUNT
	DefaultConnections = 4096
	DefaultChain       = 16
	DefaultBody        = 10 << 20
	DefaultMemory      = 128 << 20
	DefaultTotal       = 256 << 20
	DefaultTimeout     = 30 * time.Second
	DefaultOutbound    = 10 * time.Second
)

// Options configures an App. Only Manifest is required.
type Options struct {
	Manifest     *manifest.Manifest
	Config       *config.Config     // default: data in memory, no log files
	Variables    *variable.Resolver // read once; default: Config's sources, the manifest's defaults
	Environment  map[string]string  // of every component; overrides its own
	SQL          []string           // run at the start: statements, or @FILE[:LABEL]
	KeyValue     map[string]string  // set first in the store "default"
	Stderr       io.Writer          // log of the host and output of the components; default: none
	Quiet        bool               // no output of the components on Stderr
	TruncateLogs bool
	LogFormat    string // LogPlain (the default), LogText or LogJSON
	AccessLog    bool   // a line in the log for each request from a client

	// RequestHeader is the header of responses that has the id of the request; "" for none. The
	// component finds the id in the request's X-Request-Id: the client's own, or a random one.
	RequestHeader string

	// Telemetry exports spans, metrics and logs; nil does not. It outlives the App.
	Telemetry *telemetry.Telemetry

	// Limits; 0 means the default.
	MaxInstances    int           // that run at the same time; a component may have three quarters
	MaxConnections  int           // of clients; an address may have three quarters
	MaxChain        int           // depth of calls from component to component
	MaxMemory       int64         // bytes of an instance; default: Config's, else DefaultMemory
	MaxTotalMemory  int64         // bytes of all instances and bodies
	MaxBody         int64         // bytes of a request body
	Timeout         time.Duration // of a component for one request
	OutboundTimeout time.Duration // of one outbound request
	MinFreeDisk     int64         // bytes; see limit.NewDisk

	Faults []string // injected failures, only in a build with the tag faults (fault.go)
}

func (o *Options) setDefaults() error {
	if o.Config == nil {
		o.Config = config.InMemory()
	}
	if o.Variables == nil {
		var err error
		if o.Variables, err = variable.New(o.Manifest, o.Config.Sources...); err != nil {
			return err
		}
	}
	if o.Stderr == nil {
		o.Stderr = io.Discard
	}
	o.LogFormat = cmp.Or(o.LogFormat, LogPlain)
	o.MaxInstances = cmp.Or(o.MaxInstances, DefaultInstances)
	o.MaxConnections = cmp.Or(o.MaxConnections, DefaultConnections)
	o.MaxChain = cmp.Or(o.MaxChain, DefaultChain)
	o.MaxBody = cmp.Or(o.MaxBody, DefaultBody)
	o.MaxMemory = cmp.Or(o.MaxMemory, o.Config.MaxInstanceMemory, DefaultMemory)
	o.MaxTotalMemory = cmp.Or(o.MaxTotalMemory, DefaultTotal)
	o.Timeout = cmp.Or(o.Timeout, DefaultTimeout)
	o.OutboundTimeout = cmp.Or(o.OutboundTimeout, DefaultOutbound)
	return nil
}
