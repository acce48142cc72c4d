package look

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/path"
	"eksnet/plan/balancer"
)

// view is a workload that is being looked at.
type view struct {
	*looker
	*Workload
	way  path.Path
	spec config.Workload
	// client is nil where there is no client that the load balancer accepts.
	client Client
	// questions are what is sent on each connection, nil if the application reports nothing about itself.
	questions []question
	// further are questions that are sent on connections of their own. An ALB forwards each request to the next target,
	// so with several of them on a connection the first might always reach the same pod.
	further []question
	// members are the workloads that share the requests by their weights, itself included.
	members []balancer.Member
}

// question is a text that is sent, and what its answer reports.
type question struct {
	text  string
	about subject
}

// subject is what an answer reports.
type subject int

const (
	aboutPod subject = iota
	aboutSource
	aboutForwarded
	aboutProxied
	aboutNothing
)

// choosePlace chooses the client, what it sends, and notes what cannot be seen.
func (v *view) choosePlace() {
	v.members = balancer.WeightedSet(v.Spec.Workloads, v.Name)
	place := Outside
	if v.way.Balancer.Scheme == config.Internal {
		place = InVPC
	}
	v.client = v.Clients[place]
	switch {
	case v.client != nil:
	case place == InVPC:
		v.addNotes("no requests: the load balancer is internal; name a client in the VPC with -vpc-client")
	default:
		v.addNotes("no requests: there is no client outside of the VPC")
	}
	if v.Requests == 0 {
		v.client = nil
	}
	if v.client != nil {
		v.questions = v.findQuestions()
		if v.spec.IsALB() && len(v.questions) > 1 {
			v.questions, v.further = v.questions[:1], v.questions[1:]
		}
	}
}

// findQuestions returns what is sent on each connection. Package workloads describes what the applications answer. The
// first question is about the pod, if the application reports it.
func (v *view) findQuestions() []question {
	root := v.spec.Paths == nil || slices.Contains(v.spec.Paths, "/")
	switch {
	case v.spec.Protocol == config.ProtocolUDP:
		return []question{{"hostname", aboutPod}, {"clientip", aboutSource}}
	case v.spec.App != config.AppEcho && v.spec.App != config.AppNginx:
		v.addNotes(fmt.Sprintf("requests are not counted by pod: %s does not report its pod", v.spec.App))
	case !root:
		v.addNotes(fmt.Sprintf("requests are not counted by pod: under the paths %s the application does not report its pod", strings.Join(v.spec.Paths, ", ")))
	default:
		all := []question{{"/hostname", aboutPod}, {"/clientip", aboutSource}}
		switch {
		case v.spec.App == config.AppNginx && v.spec.ProxyProtocol:
			all = append(all, question{"/proxied", aboutProxied})
		case v.spec.App == config.AppEcho:
			all = append(all, question{"/header?key=X-Forwarded-For", aboutForwarded})
		}
		return all
	}
	first := "/"
	if !root {
		first = v.spec.Paths[0]
	}
	return []question{{first, aboutNothing}}
}

// listeners returns the listener that requests are sent to, and the one that redirects to it if there is one.
func (v *view) listeners() (serving balancer.Listener, redirecting *balancer.Listener) {
	for _, l := range v.way.Balancer.Listeners {
		if l.Redirect {
			redirecting = &l
		} else {
			serving = l
		}
	}
	return serving, redirecting
}

// requestTo returns the request that is sent to an address of the load balancer.
func (v *view) requestTo(address string) Request { return v.requestOf(address, v.questions) }

// requestOf returns the request with some questions.
func (v *view) requestOf(address string, questions []question) Request {
	listener, _ := v.listeners()
	r := Request{Address: joinPort(address, listener.Port), UDP: listener.Protocol == config.ProtocolUDP,
		TLS: listener.Encrypted(), Host: v.hostOfRequests(), Timeout: answerTimeout}
	for _, q := range questions {
		r.Texts = append(r.Texts, q.text)
	}
	return r
}

// hostOfRequests returns the host of HTTP requests: one that the rules of an ALB accept, or the name of the load
// balancer.
func (v *view) hostOfRequests() string {
	host := v.Host
	if len(v.spec.Hosts) > 0 {
		host = v.spec.Hosts[0]
	}
	return strings.Replace(cmp.Or(host, v.Host), "*", "look", 1)
}

// isSticky reports whether requests of one client reach one target.
func (v *view) isSticky() bool { return v.spec.TargetGroupAttributes[awsdata.Stickiness] == "true" }

// expectedSource returns whose address a pod should report of a client that connects to an address.
func (v *view) expectedSource(address string) path.Address {
	if v.way.SourceOfIPv4 != "" && !strings.Contains(address, ":") {
		return v.way.SourceOfIPv4
	}
	return v.way.Source
}
