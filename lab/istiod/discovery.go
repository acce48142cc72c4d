package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	endpoint "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	route "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
)

// Types of the resources of istiod (envoyproxy.io/docs/envoy/latest/api-docs/xds_protocol).
const (
	listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"
	routeType    = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
	endpointType = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
)

// token is the token of the pod's service account for istiod.
type token struct{}

func (token) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	content, err := os.ReadFile(tokenFile)
	return map[string]string{"authorization": "Bearer " + string(content)}, err
}

func (token) RequireTransportSecurity() bool { return true }

// retryInterval is the time before the next connection to istiod.
const retryInterval = time.Second

// follow keeps the configuration of a proxy up to date until ctx ends. Without istiod the last one remains.
func follow(ctx context.Context, n *node, into *configuration) {
	for ctx.Err() == nil {
		if err := connect(ctx, n, into); err != nil && ctx.Err() == nil {
			log.Printf("istiod at %s: %v", n.server, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(retryInterval):
		}
	}
}

// connect connects to istiod with the certificate authority of the mesh and the token of the pod, and reads resources
// until the connection ends.
func connect(ctx context.Context, n *node, into *configuration) error {
	authority, err := os.ReadFile(rootFile)
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return fmt.Errorf("%s has no certificate", rootFile)
	}
	connection, err := grpc.NewClient(n.server, grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{RootCAs: roots})), grpc.WithPerRPCCredentials(token{}))
	if err != nil {
		return err
	}
	defer connection.Close()
	return readResources(ctx, discovery.NewAggregatedDiscoveryServiceClient(connection), n, into)
}

// subscription is what a proxy has requested of a type of resources.
type subscription struct {
	names          []string
	version, nonce string
}

// readResources subscribes to the listeners of a proxy, to the routes that these name, and to the endpoints that these
// name, and reads them until the stream ends.
func readResources(ctx context.Context, client discovery.AggregatedDiscoveryServiceClient, n *node, into *configuration) error {
	stream, err := client.StreamAggregatedResources(ctx)
	if err != nil {
		return err
	}
	subscriptions := map[string]*subscription{listenerType: {}}
	request := func(typ string) error {
		s := subscriptions[typ]
		return stream.Send(&discovery.DiscoveryRequest{Node: n.describe, TypeUrl: typ, ResourceNames: s.names, VersionInfo: s.version, ResponseNonce: s.nonce})
	}
	if err := request(listenerType); err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		s := subscriptions[response.TypeUrl]
		if s == nil {
			continue
		}
		if err := into.add(response); err != nil {
			return err
		}
		s.version, s.nonce = response.VersionInfo, response.Nonce
		if err := request(response.TypeUrl); err != nil { // the acknowledgement
			return err
		}
		for typ, names := range into.named() {
			if len(names) == 0 || subscriptions[typ] != nil && slices.Equal(subscriptions[typ].names, names) {
				continue
			}
			if subscriptions[typ] == nil {
				subscriptions[typ] = &subscription{}
			}
			subscriptions[typ].names = names
			if err := request(typ); err != nil {
				return err
			}
		}
	}
}

// decode returns the resources in a response.
func decode[T any, P interface {
	*T
	proto.Message
}](response *discovery.DiscoveryResponse) (all []*T, err error) {
	for _, resource := range response.Resources {
		decoded := new(T)
		if err := resource.UnmarshalTo(P(decoded)); err != nil {
			return nil, fmt.Errorf("%s: %w", response.TypeUrl, err)
		}
		all = append(all, decoded)
	}
	return all, nil
}

// add replaces the resources of a type by those in a response. A response with endpoints or routes may lack those that
// have not changed.
func (c *configuration) add(response *discovery.DiscoveryResponse) error {
	switch response.TypeUrl {
	case listenerType:
		all, err := decode[listener.Listener](response)
		if err != nil {
			return err
		}
		c.setListeners(all)
	case routeType:
		all, err := decode[route.RouteConfiguration](response)
		if err != nil {
			return err
		}
		c.setRoutes(all)
	case endpointType:
		all, err := decode[endpoint.ClusterLoadAssignment](response)
		if err != nil {
			return err
		}
		c.setEndpoints(all)
	}
	log.Printf("istiod: %d of %s", len(response.Resources), response.TypeUrl[strings.LastIndex(response.TypeUrl, ".")+1:])
	return nil
}
