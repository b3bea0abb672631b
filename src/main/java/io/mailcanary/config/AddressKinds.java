package io.mailcanary.config;

import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.EmailAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Kinds of values that name hosts, networks, mailboxes and pages. Nothing is ever looked up.
final class AddressKinds {
  private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern NUMERIC_END = Pattern.compile("(.*\\.)?\\d+\\.?");
  private static final Pattern BRACKETED = Pattern.compile("\\[([^]]*)](?::(\\d{1,5}))?");
  private static final int DNS_PORT = 53;

  private AddressKinds() {}

  static Kind<EmailAddress> emailAddress() {
    return Kinds.scalar(
        "a mail address such as canary@example.com",
        text -> {
          if (text.indexOf('@') < 0) {
            throw Scalar.unfit(text, "no mail address");
          }
          return EmailAddress.parse(text);
        },
        schema -> schema.put("type", "string").put("pattern", "@|\\$\\{"),
        EmailAddress::toString);
  }

  static Kind<DomainName> domain() {
    return Kinds.scalar(
        "a domain name",
        text -> new DomainName(hostName(text)),
        schema -> schema.put("type", "string").put("minLength", 1),
        DomainName::name);
  }

  static Kind<String> host() {
    return Kinds.scalar(
        "a host name or an IP address",
        text -> address(text).map(InetAddress::getHostAddress).orElseGet(() -> hostName(text)),
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  static Kind<String> hostName() {
    return Kinds.scalar(
        "a host name",
        AddressKinds::hostName,
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  /// A host name, or `*.` and a name for all hosts below it.
  static Kind<String> hostPattern() {
    return Kinds.scalar(
        "a host name, or *.example.com for every host below",
        text -> text.startsWith("*.") ? "*." + hostName(text.substring(2)) : hostName(text),
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  private static String hostName(String text) {
    if (NUMERIC_END.matcher(text).matches()) {
      throw Scalar.unfit(text, "no host name and no IP address");
    }
    return new DomainName(text).name();
  }

  static Kind<String> ipAddress() {
    return Kinds.scalar(
        "an IP address",
        text ->
            address(text)
                .map(InetAddress::getHostAddress)
                .orElseThrow(() -> Scalar.unfit(text, "no IP address")),
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  /// A server of a resolver; empty for the system's own.
  static Kind<Optional<InetSocketAddress>> nameServer() {
    return Kinds.scalar(
        "system, an IP address, or one with a port such as 192.0.2.53:53 or [2001:db8::53]:53",
        text ->
            text.equals("system")
                ? Optional.empty()
                : Optional.of(
                    socketAddress(text, String.valueOf(DNS_PORT), "no address of a name server")),
        schema -> schema.put("type", "string").put("minLength", 1),
        Object::toString);
  }

  /// Where something of ours listens.
  static Kind<InetSocketAddress> listening() {
    return Kinds.scalar(
        "an IP address with a port such as 0.0.0.0:2525 or [::1]:2525",
        text -> socketAddress(text, "", "no address with a port"),
        schema -> schema.put("type", "string").put("pattern", ":[0-9]{1,5}$|\\$\\{"),
        address -> shown(address.getAddress()) + ":" + address.getPort());
  }

  private static String shown(InetAddress address) {
    String text = address.getHostAddress();
    return text.contains(":") ? "[" + text + "]" : text;
  }

  /// @param usualPort empty: one has to be given
  private static InetSocketAddress socketAddress(String text, String usualPort, String noWhat) {
    String host = text;
    String port = usualPort;
    Matcher bracketed = BRACKETED.matcher(text);
    if (bracketed.matches()) {
      host = bracketed.group(1);
      port = bracketed.group(2) == null ? port : bracketed.group(2);
    } else if (text.indexOf(':') > 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      host = text.substring(0, text.indexOf(':'));
      port = text.substring(text.indexOf(':') + 1);
    }
    InetAddress address = address(host).orElseThrow(() -> Scalar.unfit(text, noWhat));
    if (port.isEmpty()) {
      throw Scalar.unfit(text, noWhat);
    }
    if (!port.matches("\\d{1,5}")
        || Integer.parseInt(port) < 1
        || Integer.parseInt(port) > 65_535) {
      throw Scalar.unfit(text, "an address with an impossible port");
    }
    return new InetSocketAddress(address, Integer.parseInt(port));
  }

  /// A literal address; nothing is looked up.
  static Optional<InetAddress> address(String text) {
    String bare =
        text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
    if (!IPV4.matcher(bare).matches() && !bare.contains(":")) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.ofLiteral(bare));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static Kind<String> network() {
    return Kinds.scalar(
        "a network such as 10.0.0.0/8 or 2001:db8::/32, or one IP address",
        AddressKinds::checkedNetwork,
        schema -> schema.put("type", "string").put("minLength", 1),
        text -> text);
  }

  private static String checkedNetwork(String text) {
    int slash = text.indexOf('/');
    InetAddress address =
        address(slash < 0 ? text : text.substring(0, slash))
            .orElseThrow(() -> Scalar.unfit(text, "no network"));
    int bits = address.getAddress().length * 8;
    String length = slash < 0 ? String.valueOf(bits) : text.substring(slash + 1);
    if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > bits) {
      throw Scalar.unfit(text, "no network");
    }
    return address.getHostAddress() + "/" + Integer.parseInt(length);
  }

  static Kind<Optional<URI>> urlOrOff() {
    return Kinds.scalar(
        "an address such as https://data.iana.org/rdap/dns.json, or off",
        text -> {
          if (text.equals("off")) {
            return Optional.empty();
          }
          if (!isWeb(text)) {
            throw Scalar.unfit(text, "no address of a page");
          }
          return Optional.of(URI.create(text));
        },
        schema -> schema.put("type", "string").put("pattern", "^https?://|^off$|\\$\\{"),
        value -> value.map(URI::toString).orElse("off"));
  }

  static Kind<String> url() {
    return Kinds.scalar(
        "an address such as https://wiki.example/mail",
        text -> {
          try {
            if (!isWeb(new URI(text))) {
              throw Scalar.unfit(text, "no address of a page");
            }
            return text;
          } catch (URISyntaxException e) {
            throw new IllegalArgumentException(Scalar.quote(text) + " is no address of a page", e);
          }
        },
        schema -> schema.put("type", "string").put("pattern", "^https?://|\\$\\{"),
        text -> text);
  }

  /// Whether it is the address of a page.
  static boolean isWeb(String text) {
    try {
      return isWeb(new URI(text));
    } catch (URISyntaxException _) {
      return false;
    }
  }

  private static boolean isWeb(URI uri) {
    boolean web = "https".equals(uri.getScheme()) || "http".equals(uri.getScheme());
    return web && uri.getHost() != null && uri.getUserInfo() == null;
  }
}
