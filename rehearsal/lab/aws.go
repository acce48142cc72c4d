package lab

import (
	"context"
	"slices"

	"eksnet/rehearsal/providers"
	"eksnet/rehearsal/world"
)

const (
	clusterType = "aws:eks/cluster:Cluster"
	recordType  = "aws:route53/record:Record"
)

// usedByBalancers are the types whose deletion AWS refuses while load balancers use them.
var usedByBalancers = []string{
	"aws:ec2/subnet:Subnet", "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/internetGateway:InternetGateway",
	"aws:ec2/internetGatewayAttachment:InternetGatewayAttachment", "aws:ec2/vpc:Vpc", clusterType,
}

// AWS returns the connection to an account that exchanges with the lab.
func (c *Connection) AWS(w *world.World) providers.AWSConnect {
	return func(config world.AWSConfig) (world.Client, error) {
		client, err := w.AWS(config)
		if err != nil {
			return nil, err
		}
		return &awsClient{client, c, w}, nil
	}
}

// awsClient is the client of an account that the lab follows.
type awsClient struct {
	world.Client
	connection *Connection
	world      *world.World
}

func (a *awsClient) With(terms world.Terms) world.Client {
	return &awsClient{a.Client.With(terms), a.connection, a.world}
}

// Create creates a resource. The API server of a new cluster starts in the lab before its create returns. A record is
// an alias of a load balancer that the lab's controllers have created.
func (a *awsClient) Create(typ string, inputs world.Properties) (world.Object, error) {
	if err := a.exchangeForRecord(typ); err != nil {
		return world.Object{}, err
	}
	defer a.connection.markChanged()
	created, err := a.Client.Create(typ, inputs)
	if err == nil && typ == clusterType {
		err = a.connection.Exchange(context.Background(), a.world)
	}
	return created, err
}

func (a *awsClient) exchangeForRecord(typ string) error {
	if typ != recordType {
		return nil
	}
	return a.connection.Exchange(context.Background(), a.world)
}

func (a *awsClient) Update(typ, id string, inputs world.Properties) (world.Object, error) {
	if err := a.exchangeForRecord(typ); err != nil {
		return world.Object{}, err
	}
	defer a.connection.markChanged()
	return a.Client.Update(typ, id, inputs)
}

// Delete deletes a resource, which AWS refuses while a load balancer of the lab's controllers uses it.
func (a *awsClient) Delete(typ, id string) error {
	if slices.Contains(usedByBalancers, typ) {
		if err := a.connection.Exchange(context.Background(), a.world); err != nil {
			return err
		}
	}
	defer a.connection.markChanged()
	return a.Client.Delete(typ, id)
}
