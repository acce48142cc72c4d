package measure

import (
	"bufio"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"eksnet/config"
	"eksnet/path"
)

// proxyAddress is the address from which a proxy connects to its application.
var proxyAddress = netip.MustParseAddr("127.0.0.6")

// meshRequest is a request through the gateway of a mesh. workload is the one that must get it, "" for none.
type meshRequest struct{ host, path, workload string }

func (r meshRequest) String() string { return r.host + r.path }

// CheckMesh sends requests for each host and path of the workloads of a mesh through the load balancer of its gateway,
// and some for paths beside them. It compares the workload that gets each of them, the source addresses in its pod, and
// whether the header has the client's address, with the prediction.
func (m *Measurement) CheckMesh(ctx context.Context) error {
	var differences []string
	for _, r := range m.meshRequests() {
		lines, err := m.checkMeshRequest(ctx, r)
		if err != nil {
			return fmt.Errorf("request for %s: %w", r, err)
		}
		for _, line := range lines {
			differences = append(differences, fmt.Sprintf("request for %s: %s", r, line))
		}
	}
	return joined(differences)
}

// CheckWrongMesh sends a request that must reach one workload of the mesh, and compares it with predictions that are
// wrong: of the workload, of its source address, and of the header. It returns an error if no difference is reported.
func (m *Measurement) CheckWrongMesh(ctx context.Context) error {
	requests := m.meshRequests()
	i := slices.IndexFunc(requests, func(r meshRequest) bool { return r.workload != "" })
	if i < 0 {
		return fmt.Errorf("no request is for a workload of the mesh")
	}
	wrong := requests[i]
	wrong.workload = ""
	lines, err := m.checkMeshRequest(ctx, wrong)
	if err != nil {
		return err
	}
	if len(lines) == 0 {
		return fmt.Errorf("request for %s: no difference is reported though no workload is predicted", wrong)
	}
	for field, change := range map[string]func(*path.Path){
		"the source address": func(p *path.Path) { p.Source = path.Clients },
		"the header": func(p *path.Path) {
			p.ClientAddressIn = map[bool]string{true: path.ForwardedForHeader}[p.ClientAddressIn == ""]
		},
	} {
		changed := *m
		stack := *m.Stack
		stack.Paths = slices.Clone(stack.Paths)
		for at := range stack.Paths {
			if stack.Paths[at].Workload == requests[i].workload {
				change(&stack.Paths[at])
			}
		}
		changed.Stack = &stack
		if lines, err := changed.checkMeshRequest(ctx, requests[i]); err != nil {
			return err
		} else if len(lines) == 0 {
			return fmt.Errorf("request for %s: no difference is reported with another prediction of %s", requests[i], field)
		}
	}
	return nil
}

// meshRequests returns requests for each host and path of the mesh, below the path, and beside it.
func (m *Measurement) meshRequests() (all []meshRequest) {
	add := func(host, path string) {
		named := strings.ReplaceAll(host, "*", "any")
		if host == "*" {
			named = "other.example.org"
		}
		r := meshRequest{named, path, m.meshWorkload(named, path)}
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	for _, w := range m.Stack.Plan.Workloads {
		if w.Kind != config.KindMesh {
			continue
		}
		for _, host := range w.MeshHosts() {
			for _, prefix := range w.Paths {
				below := strings.TrimSuffix(prefix, "/")
				add(host, prefix)
				add(host, below+"/below")
				if below != "" {
					add(host, below+"beside")
				}
			}
		}
	}
	return all
}

// meshWorkload returns the workload for a host and a path: of those with the host, or else with a pattern of it, or
// else for any host, the one with the longest path.
func (m *Measurement) meshWorkload(host, path string) (workload string) {
	var best struct{ host, path int }
	for _, w := range m.Stack.Plan.Workloads {
		if w.Kind != config.KindMesh {
			continue
		}
		for _, pattern := range w.MeshHosts() {
			rank := hostRank(pattern, host)
			if rank == 0 || rank < best.host {
				continue
			}
			if rank > best.host {
				best.host, best.path, workload = rank, 0, "" // routes of other hosts do not apply
			}
			for _, prefix := range w.Paths {
				begin := strings.TrimSuffix(prefix, "/")
				if (path == begin || strings.HasPrefix(path, begin+"/")) && len(prefix) > best.path {
					best.path, workload = len(prefix), w.Name
				}
			}
		}
	}
	return workload
}

// hostRank returns how well a pattern matches a host, 0 for not at all.
func hostRank(pattern, host string) int {
	switch suffix, isPattern := strings.CutPrefix(pattern, "*"); {
	case pattern == host:
		return 1000
	case isPattern && strings.HasSuffix(host, suffix):
		return 1 + len(suffix)
	}
	return 0
}

// checkMeshRequest sends a request, and returns the differences from the prediction.
func (m *Measurement) checkMeshRequest(ctx context.Context, r meshRequest) ([]string, error) {
	f, err := m.frontOf(ctx, config.IstioGatewayName)
	if err != nil {
		return nil, err
	}
	var pods []pod
	for _, w := range m.Stack.Plan.Workloads {
		if w.Kind == config.KindMesh {
			found, err := m.pods(ctx, w.Name)
			if err != nil {
				return nil, err
			}
			pods = append(pods, found...)
		}
	}
	s, err := newSeries(pods)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	word := rand.Text()
	status, err := f.sendToMesh(ctx, r, word)
	if err != nil {
		return nil, err
	}
	time.Sleep(mirrorDelay)
	return f.compareMesh(m, r, status, s.arrivals(word)), nil
}

// mirrorDelay is the time in which the packets of a request that is answered are in the captures.
const mirrorDelay = 100 * time.Millisecond

// sendToMesh sends a request to the first zone of the gateway's load balancer that has a target, and returns the status
// of the answer.
func (f *front) sendToMesh(ctx context.Context, r meshRequest, word string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	z, err := f.zone("")
	if err != nil {
		return 0, err
	}
	connection, err := f.dial(ctx, netip.AddrPortFrom(z.EntryFor(f.client.Address), uint16(f.listener.Port)))
	if err != nil {
		return 0, err
	}
	defer connection.Close()
	if deadline, has := ctx.Deadline(); has {
		_ = connection.SetDeadline(deadline)
	}
	text := fmt.Sprintf("GET %s?%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n", r.path, word, r.host)
	if _, err := connection.Write([]byte(text)); err != nil {
		return 0, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// meshArrival is a request in a pod of the mesh: its source addresses in their order, and its text.
type meshArrival struct {
	at      pod
	sources []netip.Addr
	text    string
}

// arrivals returns the pods that got a request with a word.
func (s *series) arrivals(word string) (all []meshArrival) {
	for i, c := range s.captures {
		packets, err := c.Packets()
		if err != nil {
			continue
		}
		a := meshArrival{at: s.pods[i]}
		for _, p := range packets {
			if !p.Outgoing && strings.Contains(p.Payload, word) {
				a.sources, a.text = append(a.sources, p.Source.Addr()), p.Payload
			}
		}
		if len(a.sources) > 0 {
			all = append(all, a)
		}
	}
	return all
}

// compareMesh compares where a request arrived with the prediction.
func (f *front) compareMesh(m *Measurement, r meshRequest, status int, arrivals []meshArrival) (lines []string) {
	if r.workload == "" {
		if status != http.StatusNotFound || len(arrivals) > 0 {
			lines = append(lines, fmt.Sprintf("predicted status 404 of the gateway, got %d, at %d pods", status, len(arrivals)))
		}
		return lines
	}
	if len(arrivals) != 1 || arrivals[0].at.workload != r.workload {
		var got []string
		for _, a := range arrivals {
			got = append(got, a.at.String())
		}
		return []string{fmt.Sprintf("predicted a pod of %s, got status %d at [%s]", r.workload, status, strings.Join(got, " "))}
	}
	i := slices.IndexFunc(m.Stack.Paths, func(p path.Path) bool { return p.Workload == r.workload })
	predicted, a := m.Stack.Paths[i], arrivals[0]
	if !slices.ContainsFunc(f.pods, func(p pod) bool { return p.Address == a.sources[0] }) {
		lines = append(lines, fmt.Sprintf("it comes to the pod from %s, which is no pod of the gateway", a.sources[0]))
	}
	source := path.Address("an unknown one")
	if last := a.sources[len(a.sources)-1]; last == proxyAddress {
		source = path.Proxies
	}
	if source != predicted.Source {
		lines = append(lines, fmt.Sprintf("the application sees %s, %v, predicted %s", source, a.sources, predicted.Source))
	}
	header := ""
	if strings.Contains(a.text, "X-Forwarded-For: "+f.client.Address.String()+"\r\n") {
		header = path.ForwardedForHeader
	}
	if header != predicted.ClientAddressIn {
		lines = append(lines, fmt.Sprintf("the client's address is in %q, predicted %q", header, predicted.ClientAddressIn))
	}
	return lines
}
