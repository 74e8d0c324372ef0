"""Paths of sign-in. The names are allauth's, which looks its pages up by them."""

from django.urls import path, re_path

from trivium.web.account import entry, own

urlpatterns = [
    path("sign-in/", entry.SignIn.as_view(), name="account_login"),
    path("sign-in/code/", entry.AskCode.as_view(), name="account_request_login_code"),
    path("sign-in/code/enter/", entry.EnterSignInCode.as_view(), name="account_confirm_login_code"),
    path("sign-in/closed/", entry.Closed.as_view(), name="account_inactive"),
    path("sign-out/", entry.SignOut.as_view(), name="account_logout"),
    path("sign-up/", entry.SignUp.as_view(), name="account_signup"),
    path("sign-up/phone/", entry.SignUpByPhone.as_view(), name="account_signup_phone"),
    path("mail/confirm/", entry.EnterMailCode.as_view(), name="account_email_verification_sent"),
    path("phone/confirm/", entry.enter_phone_code, name="account_verify_phone"),
    path("password/forgotten/", entry.ForgottenPassword.as_view(), name="account_reset_password"),
    path("password/forgotten/sent/", entry.LinkSent.as_view(), name="account_reset_password_done"),
    path("password/new/kept/", entry.NewPasswordKept.as_view(), name="account_reset_password_from_key_done"),
    re_path(r"^password/new/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$", entry.NewPassword.as_view(),
            name="account_reset_password_from_key"),
    path("me/again/", own.Again.as_view(), name="account_reauthenticate"),
    path("me/mail/", own.Mail.as_view(), name="account_email"),
    path("me/phone/", own.Phone.as_view(), name="account_change_phone"),
    path("me/password/", own.ChangePassword.as_view(), name="account_change_password"),
    path("me/password/first/", own.FirstPassword.as_view(), name="account_set_password"),
]  # fmt: skip
