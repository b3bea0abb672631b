package io.mailcanary.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.mailcanary.path.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;

/// Kinds of values that stand in files of their own, and secrets wherever they stand.
final class FileKinds {
  private static final int LARGEST_SECRET = 64 * 1024;
  private static final int LARGEST_CA_FILE = 4 * 1024 * 1024;
  private static final int LARGEST_TEMPLATE = 10 * 1024 * 1024;

  private FileKinds() {}

  /// A path on this host, taken from the folder of the probe files on.
  static Kind<Path> path(String words) {
    return new FileKind<>(words, (value, path) -> Optional.of(path));
  }

  /// A PEM file that holds at least one certificate.
  static Kind<Path> certificates() {
    return new FileKind<>(
        "a readable file of PEM certificates",
        (value, path) ->
            contents(value, path, LARGEST_CA_FILE)
                .flatMap(bytes ->
                    hasCertificate(bytes)
                        ? Optional.of(path)
                        : value.refuse(
                            "the file holds no certificate",
                            "a readable file of PEM certificates")));
  }

  /// A PEM file that holds a private key.
  static Kind<Path> privateKey() {
    String words = "a readable file with a private key (PEM)";
    return new FileKind<>(
        words,
        (value, path) ->
            contents(value, path, LARGEST_CA_FILE)
                .flatMap(bytes ->
                    new String(bytes, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY-----")
                        ? Optional.of(path)
                        : value.refuse("the file holds no private key", words)));
  }

  private static boolean hasCertificate(byte[] pem) {
    try {
      return !CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem))
          .isEmpty();
    } catch (CertificateException _) {
      return false;
    }
  }

  /// What stands in a text file.
  static Kind<String> template() {
    String words = "a readable file with a message in UTF-8, 10MB at most";
    return new FileKind<>(
        words,
        (value, path) ->
            contents(value, path, LARGEST_TEMPLATE)
                .flatMap(bytes -> {
                  Optional<String> text = utf8(bytes);
                  return text.isPresent() && !text.get().isBlank()
                      ? text.map(found -> value.reader().files().shared(path, found))
                      : value.refuse("the file is empty or not in UTF-8", words);
                }));
  }

  private static Optional<byte[]> contents(Value value, Path path, int largest) {
    try {
      return Optional.of(value.reader().files().read(path, largest));
    } catch (IOException e) {
      return value.refuse(
          "the file cannot be read: %s".formatted(e.getMessage()), "a readable file");
    }
  }

  private static Optional<String> utf8(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException _) {
      return Optional.empty();
    }
  }

  interface FromFile<T> {
    Optional<T> read(Value value, Path path);
  }

  record FileKind<T>(String words, FromFile<T> source) implements Kind<T> {
    @Override
    public Optional<T> read(Value value) {
      return value.text(words).flatMap(text -> located(value, text.value()));
    }

    private Optional<T> located(Value value, String text) {
      try {
        return text.isBlank()
            ? value.refuse("is empty", words)
            : source.read(value, value.reader().beside(text));
      } catch (java.nio.file.InvalidPathException _) {
        return value.refuse("is no path of a file", words);
      }
    }

    @Override
    public void describe(ObjectNode schema) {
      schema.put("type", "string").put("minLength", 1);
    }

    @Override
    public Optional<Object> shown(T value) {
      return Optional.empty();
    }
  }

  /// A secret in the file itself. Nothing of it is ever shown.
  record InlineSecret() implements Kind<Secret> {
    @Override
    public String words() {
      return "a text of one line that is not empty";
    }

    @Override
    public Optional<Secret> read(Value value) {
      return value
          .text(words())
          .flatMap(text -> secret(text.value()).or(() -> value.refuse("is no secret", words())));
    }

    @Override
    public void describe(ObjectNode schema) {
      schema.put("type", "string").put("minLength", 1);
    }

    @Override
    public Optional<Object> shown(Secret value) {
      return Optional.empty();
    }
  }

  /// A secret in a file of its own; the ends of lines behind it do not count.
  record SecretFile() implements Kind<Secret> {
    private static final String WORDS = "a readable file with one line of UTF-8 text";

    @Override
    public String words() {
      return WORDS;
    }

    @Override
    public Optional<Secret> read(Value value) {
      return new FileKind<>(WORDS, SecretFile::secretIn).read(value);
    }

    private static Optional<Secret> secretIn(Value value, Path path) {
      Optional<byte[]> bytes = contents(value, path, LARGEST_SECRET);
      if (bytes.isEmpty()) {
        return Optional.empty();
      }
      Optional<String> text = utf8(bytes.get()).map(t -> t.replaceFirst("[\\r\\n]+\\z", ""));
      if (text.isPresent() && text.get().isEmpty()) {
        return value.refuse("the file is empty", WORDS);
      }
      return text.flatMap(FileKinds::secret)
          .or(() -> value.refuse("the file holds more or something else", WORDS));
    }

    @Override
    public void describe(ObjectNode schema) {
      schema.put("type", "string").put("minLength", 1);
    }

    @Override
    public Optional<Object> shown(Secret value) {
      return Optional.empty();
    }
  }

  private static Optional<Secret> secret(String text) {
    return text.isEmpty() || Kinds.CONTROL.matcher(text).find()
        ? Optional.empty()
        : Optional.of(new Secret(text));
  }
}
