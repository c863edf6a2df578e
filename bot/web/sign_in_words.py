"""Words of the sign-in page in each language."""

from knowledge.types import Language

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "html_lang": "en",
        "title": "Sign in to Deskmate",
        "heading": "Staff sign-in",
        "intro": "For the people who answer here.",
        "name": "Name",
        "password": "Password",
        "show": "Show",
        "hide": "Hide",
        "sign_in": "Sign in",
        "other_language": "中文",
        "forgotten": "Forgotten? Whoever runs this server sets a new one.",
        "refused": "The name or the password is wrong.",
        "limited": "Too many attempts failed. Try again in some minutes.",
        "expired": "Your session has ended. Sign in again; what you were writing is kept.",
        "signed_out": "You are signed out.",
        "missing": "Type your name and your password.",
        "offline": "The server does not answer. Check the connection and try again.",
    },
    "zh": {
        "html_lang": "zh-CN",
        "title": "登录 Deskmate",
        "heading": "员工登录",
        "intro": "供客服人员使用。",
        "name": "用户名",
        "password": "密码",
        "show": "显示",
        "hide": "隐藏",
        "sign_in": "登录",
        "other_language": "English",
        "forgotten": "忘记密码？请联系服务器管理员重设。",
        "refused": "用户名或密码不正确。",
        "limited": "失败次数过多，请几分钟后再试。",
        "expired": "登录已过期，请重新登录；您正在输入的内容已保留。",
        "signed_out": "您已退出登录。",
        "missing": "请输入用户名和密码。",
        "offline": "服务器没有响应，请检查网络后重试。",
    },
}
