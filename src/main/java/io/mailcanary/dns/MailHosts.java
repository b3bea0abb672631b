package io.mailcanary.dns;

import java.net.InetAddress;

/// What is known of the servers behind port 25 of addresses.
@FunctionalInterface
public interface MailHosts {
  /// Nobody has called.
  MailHosts UNTRIED = (_, _) -> new Contact.Untried();

  Contact contact(DnsName host, InetAddress address);
}
