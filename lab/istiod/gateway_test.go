package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	manager "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// standIn sends the resources of a type that a proxy requests, and records the names in the requests.
type standIn struct {
	discovery.UnimplementedAggregatedDiscoveryServiceServer
	resources map[string][]proto.Message
	requested chan string
}

func (s *standIn) StreamAggregatedResources(stream discovery.AggregatedDiscoveryService_StreamAggregatedResourcesServer) error {
	sent := map[string]bool{}
	for {
		request, err := stream.Recv()
		if err != nil {
			return err
		}
		key := request.TypeUrl[strings.LastIndex(request.TypeUrl, ".")+1:] + " " + strings.Join(request.ResourceNames, ",")
		if sent[key] { // an acknowledgement
			continue
		}
		sent[key] = true
		s.requested <- key
		response := &discovery.DiscoveryResponse{TypeUrl: request.TypeUrl, VersionInfo: "1", Nonce: key}
		for _, message := range s.resources[request.TypeUrl] {
			packed, err := anypb.New(message)
			if err != nil {
				return err
			}
			response.Resources = append(response.Resources, packed)
		}
		if err := stream.Send(response); err != nil {
			return err
		}
	}
}

// httpListener returns a listener of a port with routes of a name.
func httpListener(t *testing.T, port int, routes string) *listener.Listener {
	t.Helper()
	packed, err := anypb.New(&manager.HttpConnectionManager{RouteSpecifier: &manager.HttpConnectionManager_Rds{Rds: &manager.Rds{RouteConfigName: routes}}})
	if err != nil {
		t.Fatal(err)
	}
	return &listener.Listener{Name: "web", Address: socket("0.0.0.0", port), FilterChains: []*listener.FilterChain{
		{Filters: []*listener.Filter{{ConfigType: &listener.Filter_TypedConfig{TypedConfig: packed}}}}}}
}

func socket(address string, port int) *core.Address {
	return &core.Address{Address: &core.Address_SocketAddress{SocketAddress: &core.SocketAddress{Address: address,
		PortSpecifier: &core.SocketAddress_PortValue{PortValue: uint32(port)}}}}
}

// shopRoutes returns routes by host and path, as istiod writes those of eksnet.
func shopRoutes() *route.RouteConfiguration {
	to := func(match *route.RouteMatch, cluster string) *route.Route {
		return &route.Route{Match: match, Action: &route.Route_Route{Route: &route.RouteAction{ClusterSpecifier: &route.RouteAction_Cluster{Cluster: cluster}}}}
	}
	prefix := func(p string) *route.RouteMatch {
		return &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: p}}
	}
	return &route.RouteConfiguration{Name: "http.80", VirtualHosts: []*route.VirtualHost{
		{Domains: []string{"*"}, Routes: []*route.Route{to(prefix("/"), "hello")}},
		{Domains: []string{"*.example.com"}, Routes: []*route.Route{to(prefix("/"), "any")}},
		{Domains: []string{"shop.example.com"}, Routes: []*route.Route{
			to(&route.RouteMatch{PathSpecifier: &route.RouteMatch_Path{Path: "/cart"}}, "cart"), to(prefix("/cart/"), "cart"),
			to(&route.RouteMatch{PathSpecifier: &route.RouteMatch_PathSeparatedPrefix{PathSeparatedPrefix: "/pay"}}, "pay"),
		}}}}
}

func TestARequestGetsTheClusterOfTheRouteOfItsHostAndPath(t *testing.T) {
	for request, want := range map[string]string{
		"shop.example.com/cart": "cart", "SHOP.example.com:80/cart/1": "cart", "shop.example.com/cartoon": "", "shop.example.com/": "",
		"shop.example.com/pay/1": "pay", "shop.example.com/payed": "",
		"other.example.com/x": "any", "example.com/x": "hello", "example.org/x": "hello",
	} {
		host, path, _ := strings.Cut(request, "/")
		got, err := clusterFor(shopRoutes(), host, "/"+path)
		if got != want || (err == errNoRoute) != (want == "") {
			t.Errorf("%s: cluster %q, %v, want %q", request, got, err, want)
		}
	}
}

func TestARouteThatIsNotSupportedIsAnError(t *testing.T) {
	plain := func() *route.Route {
		return &route.Route{Match: &route.RouteMatch{PathSpecifier: &route.RouteMatch_Prefix{Prefix: "/"}}}
	}
	redirect, header, regex := plain(), plain(), plain()
	redirect.Action = &route.Route_Redirect{Redirect: &route.RedirectAction{}}
	header.Match.Headers = []*route.HeaderMatcher{{Name: "x"}}
	regex.Match.PathSpecifier = &route.RouteMatch_SafeRegex{}
	for _, r := range []*route.Route{redirect, header, regex} {
		_, err := clusterFor(&route.RouteConfiguration{VirtualHosts: []*route.VirtualHost{{Domains: []string{"*"}, Routes: []*route.Route{r}}}}, "a", "/")
		if err == nil || err == errNoRoute || !strings.Contains(err.Error(), "support") {
			t.Errorf("%v: %v", r, err)
		}
	}
}

func TestAGatewayForwardsByTheConfigurationOfIstiod(t *testing.T) {
	application := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host+r.URL.Path+" for "+r.Header.Get("X-Forwarded-For"))
	}))
	defer application.Close()
	host, text, _ := net.SplitHostPort(strings.TrimPrefix(application.URL, "http://"))
	applicationPort, _ := strconv.Atoi(text)
	port := freePort(t)
	server := &standIn{requested: make(chan string, 10), resources: map[string][]proto.Message{
		listenerType: {httpListener(t, port, "http.80")}, routeType: {shopRoutes()},
		endpointType: {&endpoint.ClusterLoadAssignment{ClusterName: "cart", Endpoints: []*endpoint.LocalityLbEndpoints{{LbEndpoints: []*endpoint.LbEndpoint{
			{HealthStatus: core.HealthStatus_UNHEALTHY, HostIdentifier: &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{Address: socket("127.0.0.1", 1)}}},
			{HostIdentifier: &endpoint.LbEndpoint_Endpoint{Endpoint: &endpoint.Endpoint{Address: socket(host, applicationPort)}}},
		}}}}}}}
	received := &configuration{}
	g := &gateway{configuration: received, report: func(err error) { t.Error(err) }}
	received.changed = g.update
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if received.isReady() {
		t.Error("a proxy without a configuration is ready")
	}
	go func() {
		_ = readResources(ctx, connectTo(t, server), &node{describe: &core.Node{Id: "router"}}, received)
	}()
	for _, want := range []string{"Listener ", "RouteConfiguration http.80", "ClusterLoadAssignment any,cart,hello,pay"} {
		select {
		case got := <-server.requested:
			if got != want {
				t.Fatalf("requested %q, want %q", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("nothing requested, want %q", want)
		}
	}
	if !received.isReady() {
		t.Error("a proxy with listeners is not ready")
	}
	for path, want := range map[string]string{"/cart/1": "200 shop.example.com/cart/1 for 192.0.2.1, 127.0.0.1", "/cartoon": "404 ", "/pay": "503 no healthy upstream\n"} {
		waitFor(t, want, func() string { return get(port, "shop.example.com", path) })
	}
	g.update(nil)
	if _, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port))); err == nil {
		t.Error("a listener that istiod no longer has accepts connections")
	}
}

func TestAListenerThatIsNotSupportedAnswersWithTheReason(t *testing.T) {
	l := httpListener(t, freePort(t), "http.80")
	l.FilterChains[0].TransportSocket = &core.TransportSocket{Name: "tls"}
	g := &gateway{configuration: &configuration{}, report: func(err error) { t.Error(err) }}
	g.update([]*listener.Listener{l})
	defer g.update(nil)
	answer := get(int(l.GetAddress().GetSocketAddress().GetPortValue()), "a", "/")
	if !strings.HasPrefix(answer, "501 listener web ends TLS") {
		t.Error(answer)
	}
}

func TestAListenerOfTheProxyProtocolRequiresItsHeader(t *testing.T) {
	l := httpListener(t, freePort(t), "http.80")
	l.ListenerFilters = []*listener.ListenerFilter{{Name: proxyProtocolFilter}}
	g := &gateway{configuration: &configuration{}, report: func(err error) { t.Error(err) }}
	g.update([]*listener.Listener{l})
	defer g.update(nil)
	port := int(l.GetAddress().GetSocketAddress().GetPortValue())
	for header, want := range map[string]string{"PROXY TCP4 192.0.2.9 192.0.2.1 1000 80\r\n": "HTTP/1.1 404", "": ""} {
		connection, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(connection, header+"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
		answer, _ := io.ReadAll(connection)
		connection.Close()
		if !strings.HasPrefix(string(answer), want) || want == "" && len(answer) > 0 {
			t.Errorf("with header %q: %q", header, answer)
		}
	}
}

// connectTo returns a client of a server.
func connectTo(t *testing.T, server *standIn) discovery.AggregatedDiscoveryServiceClient {
	t.Helper()
	at, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := grpc.NewServer()
	discovery.RegisterAggregatedDiscoveryServiceServer(served, server)
	go func() { _ = served.Serve(at) }()
	t.Cleanup(served.Stop)
	connection, err := grpc.NewClient(at.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close() })
	return discovery.NewAggregatedDiscoveryServiceClient(connection)
}

// freePort returns a port on which nothing listens.
func freePort(t *testing.T) int {
	t.Helper()
	at, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	return at.Addr().(*net.TCPAddr).Port
}

// get returns the status and the body of an answer to a client behind another proxy.
func get(port int, host, path string) string {
	request, _ := http.NewRequest(http.MethodGet, "http://127.0.0.1:"+strconv.Itoa(port)+path, nil)
	request.Host = host
	request.Header.Set("X-Forwarded-For", "192.0.2.1")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	return strconv.Itoa(answer.StatusCode) + " " + string(body)
}

// waitFor waits until a function returns a text.
func waitFor(t *testing.T, want string, got func() string) {
	t.Helper()
	last := ""
	for range 100 {
		if last = got(); last == want {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("got %q, want %q", last, want)
}
