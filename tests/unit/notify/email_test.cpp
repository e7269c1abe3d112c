#include "notify/email.hpp"

#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "tests/unit/notify/scene.hpp"
#include "tests/unit/notify/tls_identity.hpp"

namespace cordon::notify {
namespace {

using net::testing::RawServer;
using net::testing::RawSocket;
using ::testing::ContainsRegex;
using testing::guard_notice;
using ::testing::HasSubstr;
using testing::k_teller;
using ::testing::Not;
using testing::options_of;
using ::testing::StartsWith;

constexpr const char* k_password = "Mail+Pass/word=77";

/// What a mail server is told, and how it behaves.
struct Conversation {
    bool offers_starttls = false;
    bool is_tls_at_once = false;
    std::string answer_to_sign_in = "235 2.7.0 ok";
    std::string answer_to_recipient = "250 2.1.5 ok";
    std::string answer_to_message = "250 2.0.0 queued";
    const testing::TlsIdentity* identity = nullptr;

    std::vector<std::string> commands;  ///< without EHLO
    std::string message;
    std::string credentials;
    bool was_secure = false;  ///< when the message came

    void hold(const RawSocket& socket) {
        testing::Line line(socket);
        if (is_tls_at_once && !line.secure(*identity)) return;
        line.send("220 test ESMTP\r\n");
        for (;;) {
            const auto command = line.read_until("\r\n");
            if (command.empty()) return;
            if (!command.starts_with("EHLO")) commands.push_back(command.substr(0, command.find("\r\n")));
            if (command.starts_with("EHLO")) {
                line.send(offers_starttls && !line.is_secure() ? "250-test\r\n250 STARTTLS\r\n"
                                                               : "250-test\r\n250 AUTH PLAIN\r\n");
            } else if (command.starts_with("STARTTLS")) {
                line.send("220 go on\r\n");
                if (!line.secure(*identity)) return;
            } else if (command.starts_with("AUTH")) {
                line.send("334 \r\n");
                credentials = line.read_until("\r\n");
                line.send(answer_to_sign_in + "\r\n");
            } else if (command.starts_with("RCPT")) {
                line.send(answer_to_recipient + "\r\n");
            } else if (command.starts_with("DATA")) {
                line.send("354 go on\r\n");
                message = line.read_until("\r\n.\r\n");
                was_secure = line.is_secure();
                line.send(answer_to_message + "\r\n");
            } else if (command.starts_with("QUIT")) {
                line.send("221 bye\r\n");
                return;
            } else {
                line.send("250 ok\r\n");
            }
        }
    }
};

class MailServer : public ::testing::Test {
protected:
    std::map<std::string, std::string> keys_{{"kind", "email"},
                                             {"security", "none"},
                                             {"from", "cordon@example.com"},
                                             {"to", "ops@example.com soc@example.org"}};

    /// Sends one notice while the server holds one conversation.
    Result<void> send(Conversation& conversation, const core::Notice& notice = guard_notice()) {
        std::promise<void> ended;
        const RawServer server([&](const RawSocket& socket) {
            conversation.hold(socket);
            ended.set_value();
        });
        keys_["smtp_server"] = "127.0.0.1:" + std::to_string(server.port());
        auto sent = make_email(options_of(keys_), k_teller)->send(notice, {});
        ended.get_future().wait();
        return sent;
    }
};

TEST_F(MailServer, gets_the_message_for_every_recipient) {
    Conversation conversation;
    const auto sent = send(conversation);
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_EQ(conversation.commands,
              (std::vector<std::string>{"MAIL FROM:<cordon@example.com>", "RCPT TO:<ops@example.com>",
                                        "RCPT TO:<soc@example.org>", "DATA", "QUIT"}));
    EXPECT_EQ(conversation.message, mail_text(guard_notice(), options_of(keys_), k_teller) + ".\r\n");
}

TEST_F(MailServer, is_signed_in_to_behind_starttls) {
    const testing::TlsIdentity identity;
    Conversation conversation;
    conversation.offers_starttls = true;
    conversation.identity = &identity;
    keys_["security"] = "starttls";
    keys_["username"] = "me";
    keys_["password"] = k_password;
    keys_["ca_file"] = identity.ca_file().string();
    const auto sent = send(conversation);
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_TRUE(conversation.was_secure);
    ASSERT_GE(conversation.commands.size(), 2U);
    EXPECT_EQ(conversation.commands[0], "STARTTLS");
    EXPECT_EQ(conversation.commands[1], "AUTH PLAIN");
    EXPECT_EQ(conversation.credentials, base64(std::string("\0me\0", 4) + k_password) + "\r\n");
}

TEST_F(MailServer, that_offers_no_starttls_gets_neither_password_nor_message) {
    Conversation conversation;
    keys_["security"] = "starttls";
    keys_["username"] = "me";
    keys_["password"] = k_password;
    const auto sent = send(conversation);
    ASSERT_FALSE(sent);
    EXPECT_THAT(sent.error().message, HasSubstr("STARTTLS"));
    EXPECT_EQ(conversation.message, "");
    for (const auto& command : conversation.commands) EXPECT_THAT(command, Not(StartsWith("AUTH")));
}

TEST_F(MailServer, whose_certificate_is_not_trusted_gets_nothing) {
    const testing::TlsIdentity identity;
    for (const bool is_at_once : {false, true}) {
        Conversation conversation;
        conversation.offers_starttls = !is_at_once;
        conversation.is_tls_at_once = is_at_once;
        conversation.identity = &identity;
        keys_["security"] = is_at_once ? "tls" : "starttls";
        const auto sent = send(conversation);
        ASSERT_FALSE(sent);
        EXPECT_THAT(sent.error().message, HasSubstr("check ca_file"));
        EXPECT_EQ(conversation.message, "");
    }
}

TEST_F(MailServer, may_speak_tls_from_the_first_byte) {
    const testing::TlsIdentity identity;
    Conversation conversation;
    conversation.is_tls_at_once = true;
    conversation.identity = &identity;
    keys_["security"] = "tls";
    keys_["ca_file"] = identity.ca_file().string();
    const auto sent = send(conversation);
    ASSERT_TRUE(sent) << sent.error().message;
    EXPECT_TRUE(conversation.was_secure);
}

TEST_F(MailServer, that_refuses_the_password_is_told_of_without_it) {
    Conversation conversation;
    conversation.answer_to_sign_in = std::string("535 5.7.8 no, not ") + k_password;
    keys_["username"] = "me";
    keys_["password"] = k_password;
    const auto sent = send(conversation);
    ASSERT_FALSE(sent);
    EXPECT_EQ(sent.error().code, Code::refused);
    EXPECT_THAT(sent.error().message, HasSubstr("check username and password"));
    EXPECT_THAT(sent.error().message, Not(HasSubstr(k_password)));
    EXPECT_THAT(sent.error().message, Not(HasSubstr(base64(k_password).substr(0, 12))));
}

TEST_F(MailServer, that_refuses_a_recipient_or_the_message_is_an_error) {
    Conversation refuses_recipient;
    refuses_recipient.answer_to_recipient = "550 5.1.1 no such user";
    EXPECT_FALSE(send(refuses_recipient));
    EXPECT_EQ(refuses_recipient.message, "");
    Conversation refuses_message;
    refuses_message.answer_to_message = "554 5.6.0 no";
    EXPECT_FALSE(send(refuses_message));
}

TEST(MailText, has_the_headers_of_rfc_5322) {
    NotifierOptions options;
    options.from = "cordon@example.com";
    options.to = {"ops@example.com", "soc@example.org"};
    const auto text = mail_text(guard_notice(), options, k_teller);
    EXPECT_THAT(text, StartsWith("Date: Sat, 21 Nov 2026 09:30:00 +0000\r\nFrom: cordon@example.com\r\n"
                                 "To: ops@example.com,\r\n soc@example.org\r\nSubject: [cordon] The guard stopped the "
                                 "plan for 'Prevent Domains'\r\nMessage-ID: <"));
    EXPECT_THAT(text, ContainsRegex("Message-ID: <[0-9a-f]{16}\\.[0-9]+@example\\.com>\r\n"));
    EXPECT_THAT(text, HasSubstr("\r\n\r\nThe guard stopped the plan for 'Prevent Domains'\r\n\r\nIt would remove 900"));
    EXPECT_THAT(text, HasSubstr("Run: 20261121T093000Z-3f2a\r\nHost: host-1\r\n"));
}

TEST(MailText, has_short_lines_that_end_with_cr_lf_and_no_bare_ones) {
    auto notice = guard_notice();
    notice.title = std::string("Die Prüfung hat den Plan für „") + std::string(80, 'x') + "“ angehalten";
    notice.text = std::string(500, 'y') + " = " + std::string(100, ' ') + "\xE2\x82\xAC";
    NotifierOptions options;
    options.from = "cordon@example.com";
    options.to = {"ops@example.com"};
    const auto text = mail_text(notice, options, k_teller);
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find("\r\n", begin)) != std::string::npos; begin = end + 2) {
        const auto line = text.substr(begin, end - begin);
        EXPECT_LE(line.size(), 78U) << line;
        EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos) << line;
        EXPECT_TRUE(std::all_of(line.begin(), line.end(), [](char c) { return c >= 0x20 && c < 0x7f; })) << line;
    }
    EXPECT_EQ(begin, text.size()) << "the last line ends, too";
    EXPECT_THAT(text, HasSubstr("Subject: =?utf-8?B?"));
    EXPECT_THAT(text, HasSubstr("=E2=82=AC"));
}

TEST(MailText, lets_no_name_end_a_header) {
    auto notice = guard_notice();
    notice.title = "a\r\nBcc: thief@example.net\r\n\r\nbody";
    notice.subject = "b\r\nBcc: thief@example.net";
    notice.run_id = "c\r\nBcc: thief@example.net";
    NotifierOptions options;
    options.from = "cordon@example.com";
    options.to = {"ops@example.com"};
    const auto text = mail_text(notice, options, {"h\r\nBcc: thief@example.net", "0.1.0"});
    EXPECT_THAT(text, Not(HasSubstr("\nBcc")));
    EXPECT_THAT(text.substr(0, text.find("\r\n\r\n")), HasSubstr("Content-Transfer-Encoding: quoted-printable"));
}

}  // namespace
}  // namespace cordon::notify
