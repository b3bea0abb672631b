package io.mailcanary.tls;

import io.mailcanary.transport.TlsVersion;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The first message of a TLS handshake, limited to one version and to some cipher suites, and the
/// answer to it. The handshake goes no further: what the server chooses is all that is asked.
///
/// By hand, since the JVM's TLS speaks none of what is to be found out: old versions and weak
/// cipher suites are switched off in all of it, and nowhere else but all of it can they be switched
/// on.
record ClientHello(TlsVersion version, List<Integer> suites, Optional<String> serverName) {
  private static final int RANDOM = 32;
  private static final int HANDSHAKE = 0x16;
  private static final int CLIENT_HELLO = 1;
  private static final int SERVER_HELLO = 2;
  private static final int SUPPORTED_VERSIONS = 43;
  private static final int LARGEST_RECORD = 16 * 1024 + 2048;

  /// What the server chose.
  record Choice(int version, int suite) {}

  ClientHello {
    suites = List.copyOf(suites);
  }

  byte[] bytes(RandomGenerator random) {
    Writer body = new Writer();
    body.two(Math.min(version.code(), TlsVersion.TLS_1_2.code()));
    body.random(random, RANDOM);
    body.one(RANDOM).random(random, RANDOM);
    body.two(suites.size() * 2);
    suites.forEach(body::two);
    body.one(1).one(0);
    Writer extensions = extensions(random);
    body.two(extensions.size()).all(extensions);
    Writer record = new Writer();
    record.one(HANDSHAKE).two(TlsVersion.TLS_1_0.code()).two(body.size() + 4);
    record.one(CLIENT_HELLO).one(0).two(body.size()).all(body);
    return record.bytes();
  }

  private Writer extensions(RandomGenerator random) {
    Writer all = new Writer();
    serverName.ifPresent(name -> {
      byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
      all.two(0).two(ascii.length + 5).two(ascii.length + 3).one(0).two(ascii.length).all(ascii);
    });
    // supported_groups: X25519, P-256, P-384, P-521, ffdhe2048
    all.two(10).two(12).two(10).two(0x1d).two(0x17).two(0x18).two(0x19).two(0x0100);
    // ec_point_formats: uncompressed
    all.two(11).two(2).one(1).one(0);
    int[] algorithms = {
      0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0807, 0x0808, 0x0401, 0x0501, 0x0601,
      0x0203, 0x0201
    };
    all.two(13).two(algorithms.length * 2 + 2).two(algorithms.length * 2);
    for (int algorithm : algorithms) {
      all.two(algorithm);
    }
    // extended_master_secret, renegotiation_info
    all.two(23).two(0);
    all.two(0xff01).two(1).one(0);
    if (version == TlsVersion.TLS_1_3) {
      all.two(SUPPORTED_VERSIONS).two(3).one(2).two(version.code());
      // key_share: any 32 bytes are a public key of X25519
      all.two(51).two(38).two(36).two(0x1d).two(RANDOM).random(random, RANDOM);
    }
    return all;
  }

  /// Reads the answer.
  ///
  /// @return nothing where the server refuses
  /// @throws IOException when there was no answer, or none that is TLS
  static Optional<Choice> answer(InputStream in) throws IOException {
    byte[] head = exactly(in, 5);
    int length = (head[3] & 0xff) << 8 | (head[4] & 0xff);
    if (head[0] != HANDSHAKE || head[1] != 3) {
      return Optional.empty();
    }
    if (length < 4 || length > LARGEST_RECORD) {
      throw new IOException("no TLS record");
    }
    return choice(ByteBuffer.wrap(exactly(in, length)));
  }

  private static Optional<Choice> choice(ByteBuffer hello) {
    try {
      if (hello.get() != SERVER_HELLO) {
        return Optional.empty();
      }
      skip(hello, 3);
      int version = hello.getShort() & 0xffff;
      skip(hello, RANDOM);
      skip(hello, hello.get() & 0xff);
      int suite = hello.getShort() & 0xffff;
      skip(hello, 1);
      return Optional.of(new Choice(selected(hello).orElse(version), suite));
    } catch (RuntimeException _) {
      // Cut short, or no ServerHello at all.
      return Optional.empty();
    }
  }

  /// The version in the extensions, where TLS 1.3 puts it (RFC 8446 §4.2.1).
  private static Optional<Integer> selected(ByteBuffer hello) {
    if (hello.remaining() < 2) {
      return Optional.empty();
    }
    skip(hello, 2);
    while (hello.remaining() >= 4) {
      int type = hello.getShort() & 0xffff;
      int length = hello.getShort() & 0xffff;
      if (type == SUPPORTED_VERSIONS && length == 2) {
        return Optional.of(hello.getShort() & 0xffff);
      }
      skip(hello, length);
    }
    return Optional.empty();
  }

  private static void skip(ByteBuffer buffer, int count) {
    buffer.position(buffer.position() + count);
  }

  private static byte[] exactly(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the server closed the connection");
    }
    return bytes;
  }

  /// Numbers in the order of the network.
  private static final class Writer {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    Writer one(int value) {
      out.write(value);
      return this;
    }

    Writer two(int value) {
      out.write(value >> 8);
      out.write(value);
      return this;
    }

    Writer all(byte[] bytes) {
      out.writeBytes(bytes);
      return this;
    }

    Writer all(Writer other) {
      return all(other.bytes());
    }

    Writer random(RandomGenerator random, int count) {
      byte[] bytes = new byte[count];
      random.nextBytes(bytes);
      return all(bytes);
    }

    int size() {
      return out.size();
    }

    byte[] bytes() {
      return out.toByteArray();
    }
  }
}
