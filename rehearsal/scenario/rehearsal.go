// Package scenario rehearses stacks: it runs operations of one stack on the real engine against a simulated account,
// saves state and account between them, checks the result of each operation, and reports.
package scenario

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"eksnet/config"
	"eksnet/internal/charts"
	"eksnet/internal/project"
	"eksnet/rehearsal/engine"
	"eksnet/rehearsal/lab"
	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/world"
	"eksnet/stack"
)

// Rehearsal is the rehearsal of one stack. Its files are in Dir.
type Rehearsal struct {
	// Dir is .rehearsal/<stack>: state.json and its journal, world.json, report.json and logs.
	Dir    string
	Report *Report
	// Terminate, when closed, abandons the calls in progress of the running operation.
	Terminate chan struct{}

	options Options
	stack   *engine.Stack
	host    *engine.Host
	world   *world.World
	state   *engine.State
	states  *engine.StateFile
	lock    *os.File
	log     *os.File
	unsaved unsaved
	// earlier is the number of operations in the report when the rehearsal was opened.
	earlier int
	// A call that an operation abandoned may end after Close, when the next rehearsal may already use the files.
	closing sync.RWMutex
	closed  bool
}

// Options selects what is rehearsed and where its files are. Only Root, Stack and Program are required.
type Options struct {
	// Root is the folder of Pulumi.yaml and the stack files.
	Root, Stack string
	Program     engine.Program
	Progress    Progress
	// Dir holds the rehearsal's files; default Root/.rehearsal/Stack.
	Dir string
	// Install holds node_modules and charts, which make installs; default Root/rehearsal.
	Install string
	// Host is shared by rehearsals of one process; by default each has its own.
	Host *engine.Host
	// Outside means that requests come from outside the VPC: a private API is available only through endpoint.proxy.
	Outside bool
	// Verify makes the simulated account check its queues after each call, see world.Options. It is slow.
	Verify bool
	// Edit may change registrations before they reach the engine.
	Edit engine.Edit
	// Lab is a running lab, whose API server and controllers take the place of the simulated ones; nil for none.
	Lab *lab.Connection
}

// Open opens the rehearsal of a stack: it takes the lock and reads what earlier operations saved. The error says what
// is wrong and what to do next.
func Open(o Options) (*Rehearsal, error) {
	if o.Progress == nil {
		o.Progress = Silent{}
	}
	r := &Rehearsal{
		Dir:       cmp.Or(o.Dir, filepath.Join(o.Root, ".rehearsal", o.Stack)),
		Terminate: make(chan struct{}), options: o,
	}
	var err error
	if r.stack, err = engine.LoadStack(o.Root, o.Stack); err != nil {
		return nil, err
	}
	if err := checkStackFile(r.stack); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.Dir, 0o755); err != nil {
		return nil, err
	}
	if r.lock, err = lockFile(r.file("lock")); err != nil {
		return nil, err
	}
	if err := r.open(cmp.Or(o.Install, filepath.Join(o.Root, "rehearsal"))); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// checkStackFile reads the stack file as the program will, so that a problem in it is reported before any operation
// runs.
func checkStackFile(loaded *engine.Stack) error {
	settings, err := loaded.Settings()
	if err != nil {
		return err
	}
	source := func(key string) (string, bool) { value, set := settings[key]; return value, set }
	if _, _, err = stack.Read(source, slices.Collect(maps.Keys(settings))); err != nil {
		return project.Locate(loaded.File, err)
	}
	return nil
}

func (r *Rehearsal) open(install string) error {
	var err error
	if r.log, err = os.Create(r.file("log.txt")); err != nil {
		return err
	}
	if r.host = r.options.Host; r.host == nil {
		r.host, err = engine.StartHost(engine.HostOptions{NodeModules: filepath.Join(install, "node_modules"), Log: r.log})
		if err != nil {
			return err
		}
	}
	if r.states, r.state, err = engine.OpenState(StateFile(r.Dir)); err != nil {
		return err
	}
	r.Report = readReport(reportFile(r.Dir), r.options.Stack)
	r.earlier = len(r.Report.Operations)
	return r.openWorld(charts.Folders(filepath.Join(install, "charts")))
}

// openWorld reads the simulated account that earlier operations saved, or creates a new one if there is none or it is
// empty.
func (r *Rehearsal) openWorld(charts map[string]string) error {
	settings, err := r.stack.Settings()
	if err != nil {
		return err
	}
	options := world.Options{Account: accountOf(settings), Authority: engine.Authority(), Outside: r.options.Outside, Charts: charts, Verify: r.options.Verify, Changed: r.saveWorld}
	if connection := r.options.Lab; connection != nil {
		options.Endpoint, options.Authority = connection.Endpoint, connection.Authority
		connection.ImportCertificates(certificatesOf(settings))
	}
	r.world, err = world.Load(r.file("world.json"), options)
	switch {
	case errors.Is(err, fs.ErrNotExist) && inAccount(r.state.Resources()) > 0:
		return fmt.Errorf("%s is missing, but %s has %d resources; restore the file, or remove the folder %s to start over", r.file("world.json"), StateFile(r.Dir), inAccount(r.state.Resources()), r.Dir)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w, and the state with it: %s", err, r.Dir)
	case err == nil && (len(r.state.Resources()) > 0 || len(r.world.Leftovers()) > 0):
		r.world.HoldAll(OperatorResourcesOf(settings))
		if err := r.openEndpoint(r.world.Endpoint()); err != nil {
			return err
		}
		return r.world.Keep(r.file("world.json"))
	}
	if options.Endpoint == "" {
		if options.Endpoint, err = r.host.Endpoint(0); err != nil {
			return err
		}
	}
	r.world = world.New(options)
	r.world.HoldAll(OperatorResourcesOf(settings))
	return r.world.Keep(r.file("world.json"))
}

// openEndpoint opens the API endpoint of a cluster that an earlier operation created. A lab has its own.
func (r *Rehearsal) openEndpoint(address string) error {
	if r.options.Lab != nil {
		return nil
	}
	_, err := r.host.Endpoint(portOf(address))
	return err
}

// inAccount counts the resources of a state that are in the account, which components and providers are not. An up
// that fails before its first call leaves only those, and no account.
func inAccount(resources []apitype.ResourceV3) (count int) {
	for _, r := range resources {
		if r.Custom && !strings.HasPrefix(string(r.Type), "pulumi:providers:") {
			count++
		}
	}
	return count
}

// OperatorResourcesOf returns what the stack file names and does not create: it belongs to the operator.
func OperatorResourcesOf(settings map[string]string) world.OperatorResources {
	spec := specOf(settings)
	all := world.OperatorResources{PrefixLists: map[string]int{}}
	for _, name := range slices.Sorted(maps.Keys(spec.Workloads)) {
		w := spec.Workloads[name]
		all.ElasticIPs = append(all.ElasticIPs, w.ElasticIPs...)
		maps.Copy(all.PrefixLists, w.PrefixLists)
	}
	for _, name := range slices.Sorted(maps.Keys(spec.NodeGroups)) {
		if key := spec.NodeGroups[name].KeyName; key != "" {
			all.KeyPairs = append(all.KeyPairs, key)
		}
	}
	if pool := spec.Network.IPAMPool; pool != "" {
		all.IPAMPools = map[string]string{pool: spec.Network.CIDR}
	}
	for _, zone := range spec.DNS.Zones {
		if !zone.Own {
			all.HostedZones = append(all.HostedZones, world.HostedZone{ID: zone.ID, Domain: zone.Domain, Private: zone.Private, Region: spec.Region})
		}
	}
	return all
}

// certificatesOf returns the certificates that the stack file names, which belong to the operator.
func certificatesOf(settings map[string]string) (arns []string) {
	for _, workload := range specOf(settings).Workloads {
		if workload.Certificate != "" {
			arns = append(arns, workload.Certificate)
		}
	}
	slices.Sort(arns)
	return slices.Compact(arns)
}

func specOf(settings map[string]string) *config.Stack {
	source := func(key string) (string, bool) { value, set := settings[key]; return value, set }
	spec, _ := config.Load(source, slices.Collect(maps.Keys(settings)))
	return spec
}

// Close stops the provider process and releases the lock.
func (r *Rehearsal) Close() error {
	r.closing.Lock()
	r.closed = true
	r.closing.Unlock()
	var errs []error
	if r.host != nil && r.options.Host == nil {
		errs = append(errs, r.host.Close())
	}
	if r.world != nil {
		errs = append(errs, r.world.Close())
	}
	if r.states != nil {
		errs = append(errs, r.states.Close())
	}
	for _, file := range []*os.File{r.log, r.lock} {
		if file != nil {
			errs = append(errs, file.Close())
		}
	}
	return errors.Join(errs...)
}

// State returns the Pulumi state of the stack, World the simulated account.
func (r *Rehearsal) State() *engine.State { return r.state }
func (r *Rehearsal) World() *world.World  { return r.world }

// Operations returns the operations since the rehearsal was opened.
func (r *Rehearsal) Operations() []Operation { return r.Report.Operations[r.earlier:] }

// StateFile returns the file of the state in a rehearsal's folder, and reportFile that of the report.
func StateFile(dir string) string  { return filepath.Join(dir, "state.json") }
func reportFile(dir string) string { return filepath.Join(dir, "report.json") }

func (r *Rehearsal) file(name string) string { return filepath.Join(r.Dir, name) }

// run returns an operation of this stack on this account.
func (r *Rehearsal) run() engine.Run {
	run := engine.Run{
		Stack: r.stack, Host: r.host, Program: r.options.Program, Base: r.state,
		Providers: engine.Providers{
			"aws":        providers.AWS(r.world.AWS),
			"kubernetes": providers.Kubernetes(r.world.Kubernetes),
		},
		OnEvent:   r.options.Progress.Event,
		Keep:      r.keepEntry,
		Edit:      r.options.Edit,
		Answers:   r.world.Answers,
		Terminate: r.Terminate,
	}
	if connection := r.options.Lab; connection != nil {
		run.Providers = engine.Providers{"aws": providers.AWS(connection.AWS(r.world))}
		run.Programs = map[string]engine.ProviderProgram{"kubernetes": connection.Kubernetes(r.world)}
	}
	return run
}

// accountOf returns the account that the rehearsal simulates: the first one that the stack may use.
func accountOf(settings map[string]string) string {
	var accounts []string
	if json.Unmarshal([]byte(settings["aws:allowedAccountIds"]), &accounts) == nil && len(accounts) > 0 {
		return accounts[0]
	}
	return "000000000000"
}

func portOf(endpoint string) int {
	u, err := url.Parse(endpoint)
	if err != nil {
		return 0
	}
	port, _ := strconv.Atoi(u.Port())
	return port
}
